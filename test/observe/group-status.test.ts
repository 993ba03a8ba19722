import test from 'ava'
import { inContact, metaStatus, streamStatus } from '../../lib/observe/group-status.ts'
import { type MadeNode, madeRound } from './rounds.ts'

const meta = { group: '_meta_' }
const statusOf = (changes: Record<string, MadeNode>) => streamStatus('S', madeRound(0, changes), undefined, undefined)

test('a healthy group: its peers, its leader, its quorum', (t) => {
  t.deepEqual(statusOf({}), {
    group: 'S',
    peers: ['n1', 'n2', 'n3'],
    up: 3,
    inContact: 3,
    needed: 2,
    leader: 'n1',
    quorum: true,
  })
  const whole = { group: '_meta_', leader: 'n1', inContact: 3, needed: 2, quorum: true }
  t.like(metaStatus(meta, madeRound(0), undefined), whole)
})

test('one follower down: quorum; both down: none, whatever the leader calls itself', (t) => {
  const down: MadeNode = { up: false, state: 'down' }
  t.like(statusOf({ n3: down }), { up: 2, inContact: 2, leader: 'n1', quorum: true })
  t.like(statusOf({ n2: down, n3: down }), { up: 1, leader: undefined, inContact: 0, quorum: false })
})

test('followers go on naming a dead leader: it is none', (t) => {
  t.like(statusOf({ n1: { up: false, state: 'paused' } }), { up: 2, leader: undefined, quorum: false })
})

test('an isolated leader goes on calling itself one: the majority decides', (t) => {
  t.like(statusOf({ n2: { leader: 'n2', heard: { n1: 9_000 } }, n3: { leader: 'n2' } }), {
    leader: 'n2',
    inContact: 2,
    quorum: true,
  })
})

test('a leader that everybody names but that hears from nobody has no quorum', (t) => {
  t.like(statusOf({ n1: { heard: { n2: 3_500, n3: 3_500 } } }), { leader: 'n1', inContact: 1, quorum: false })
  t.like(statusOf({ n1: { heard: { n2: 3_500 } } }), { leader: 'n1', inContact: 2, quorum: true })
})

test('three that name three have no leader', (t) => {
  t.like(statusOf({ n2: { leader: 'n2' }, n3: { leader: 'n3' } }), { leader: undefined, quorum: false })
})

test('one late answer of a running node is no loss; a second one is', (t) => {
  const late = madeRound(1_000, { n1: { up: false } })
  t.like(streamStatus('S', late, madeRound(0), undefined), { leader: 'n1', quorum: true })
  t.like(streamStatus('S', madeRound(2_000, { n1: { up: false } }), late, undefined), { leader: undefined })
  t.like(metaStatus(meta, late, madeRound(0)), { leader: 'n1', quorum: true })
})

test('one that has just started and knows no group yet changes neither the group nor its leader', (t) => {
  const peers = ['n1', 'n2', 'n3']
  // First of all nodes, and a follower: its word alone would make it a group of one.
  const led: MadeNode = { leader: 'n2' }
  t.like(statusOf({ n1: { knows: false }, n2: led, n3: led }), { peers, up: 3, leader: 'n2', needed: 2, quorum: true })
  const down: MadeNode = { up: false, state: 'down' }
  t.is(statusOf({ n1: { knows: false }, n2: down, n3: down }), undefined)
  const alone = streamStatus('S', madeRound(0, { n1: { knows: false }, n2: down, n3: down }), undefined, statusOf({}))
  t.like(alone, { peers, up: 1, leader: undefined, needed: 2, quorum: false })
})

test('a stream is unknown before it is told of, and keeps its peers when all are gone', (t) => {
  const none: MadeNode = { leader: null }
  t.is(statusOf({ n1: none, n2: none, n3: none }), undefined)
  const down: MadeNode = { up: false, state: 'down' }
  const all = madeRound(1_000, { n1: down, n2: down, n3: down })
  t.like(streamStatus('S', all, undefined, statusOf({})), { peers: ['n1', 'n2', 'n3'], up: 0, quorum: false })
})

test('contact is what was heard lately', (t) => {
  const view = { name: 'n2', current: true, offline: false, activeMs: 100 }
  t.true(inContact(view))
  t.false(inContact({ ...view, offline: true }))
  t.false(inContact({ ...view, activeMs: 3_001 }), 'current is forced to false after ten seconds only')
  t.false(inContact({ ...view, activeMs: 0, current: false }), 'never heard from')
  t.true(inContact({ ...view, activeMs: 0 }))
})

test('a meta group of one region: the others’ nodes have no word in it', (t) => {
  const ofRegion = { group: '_meta_:b', nodes: ['n2', 'n3'] }
  const led: MadeNode = { metaLeader: 'n2' }
  const round = madeRound(0, { n2: led, n3: led })
  const nodes = round.nodes.map((sample) => ({
    ...sample,
    server: { ...sample.server!, meta: { ...sample.server!.meta!, size: sample.node === 'n1' ? 1 : 2 } },
  }))
  t.like(metaStatus(ofRegion, { ...round, nodes }, undefined), {
    group: '_meta_:b',
    peers: ['n2', 'n3'],
    leader: 'n2',
    needed: 2,
    quorum: true,
  })
  const gone = nodes.map((sample) => (sample.node === 'n1' ? sample : { ...sample, server: undefined }))
  t.is(metaStatus(ofRegion, { ...round, nodes: gone }, undefined), undefined)
})
