import test from 'ava'
import { InterventionLog } from '../../lib/observe/interventions.ts'
import type { Round } from '../../lib/observe/sample.ts'
import { madeRound } from './rounds.ts'

interface Look {
  /** Nodes without an answer. */
  readonly silent?: string
  /** Those of them that are not known to be down. */
  readonly late?: string
  readonly quorum?: boolean
}

/** n1 to n5, in which S has the peers n1, n2 and n3, looked at once a second. */
function interventionsOf(...looks: Look[]) {
  const log = new InterventionLog()
  let before: Round | undefined
  for (const [second, { silent = '', late = '', quorum = false }] of looks.entries()) {
    const [sample] = madeRound(second * 1_000).nodes
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((node) => ({
      ...sample!,
      node,
      server: silent.includes(node) ? undefined : sample!.server,
      state: silent.includes(node) && !late.includes(node) ? ('down' as const) : ('running' as const),
    }))
    const round = { ...madeRound(second * 1_000), nodes }
    const status = { up: 0, inContact: 0, leader: undefined, quorum }
    log.add(round, before, [
      { group: '_meta_', peers: nodes.map(({ node }) => node), needed: 3, ...status, quorum: true },
      { group: 'S', peers: ['n1', 'n2', 'n3'], needed: 2, ...status },
    ])
    before = round
  }
  return log.list
}

const well: Look = { quorum: true }

test('an election is nobody’s business', (t) => {
  t.deepEqual(interventionsOf(well, { silent: 'n2' }, { silent: 'n2' }, { silent: 'n2', quorum: true }, well), [])
})

test('a majority that was down: when, which nodes, and what to do', (t) => {
  t.deepEqual(interventionsOf(well, { silent: 'n1' }, { silent: 'n1 n2' }, { silent: 'n1 n2' }, {}, well), [
    {
      group: 'S',
      from: 1_000,
      to: 5_000,
      down: ['n1', 'n2'],
      whatToDo: "start n1, n2 until more than half of the group's peers answer",
    },
  ])
})

test('a group’s own peers are counted, not all nodes', (t) => {
  const [found, ...others] = interventionsOf(well, { silent: 'n1 n3 n5' }, { silent: 'n1 n3 n5' }, well)
  t.like(found, { group: 'S', down: ['n1', 'n3'] })
  t.is(others.length, 0)
  // Of its peers one is down, of the nodes three: an election.
  t.deepEqual(interventionsOf(well, { silent: 'n1 n4 n5' }, { silent: 'n1 n4 n5' }, well), [])
})

test('nodes that were down one after the other were not down together', (t) => {
  t.deepEqual(interventionsOf(well, { silent: 'n1' }, { silent: 'n2' }, { silent: 'n3' }, well), [])
})

test('a slow answer is no node down', (t) => {
  t.deepEqual(interventionsOf(well, { silent: 'n1' }, { silent: 'n1 n2', late: 'n2' }, { silent: 'n1' }, well), [])
  const late = { silent: 'n1 n2', late: 'n2' }
  t.like(interventionsOf(well, { silent: 'n1' }, late, late, well)[0], { down: ['n1', 'n2'] })
})

test('quorum that never came back: who was down at last', (t) => {
  const [found, ...others] = interventionsOf(well, { silent: 'n1 n2' }, { silent: 'n1 n2' }, { silent: 'n2' })
  t.like(found, { from: 1_000, down: ['n2'], whatToDo: "start n2 until more than half of the group's peers answer" })
  t.false('to' in found!)
  t.is(others.length, 0)
  const [unreached] = interventionsOf(well, {}, {})
  t.like(unreached, { down: [], whatToDo: 'all of its peers answer, so look at the routes between them' })
})
