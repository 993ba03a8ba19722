import test from 'ava'
import { type GroupStatus, streamStatus } from '../../lib/observe/group-status.ts'
import { allCurrent, replicaLags } from '../../lib/observe/replicas.ts'
import type { Round } from '../../lib/observe/sample.ts'
import { madeRound } from './rounds.ts'

const statusIn = (round: Round): GroupStatus => streamStatus('S', round, undefined, undefined)!
const lags = (round: Round, before?: Round) =>
  Object.fromEntries(replicaLags(statusIn(round), round, before).map(({ node, messages }) => [node, messages]))

test('the lag is the difference of the last sequences, and nobody lags ahead', (t) => {
  t.deepEqual(lags(madeRound(0, { n1: { lastSeq: 500 }, n2: { lastSeq: 480 }, n3: { lastSeq: 510 } })), {
    n2: 20,
    n3: 0,
  })
})

test('a replica asked before the leader is held against the round before', (t) => {
  const before = madeRound(0, { n1: { offset: 300, lastSeq: 1_000 } })
  const round = madeRound(1_000, {
    n1: { offset: 300, lastSeq: 3_000 },
    n2: { lastSeq: 2_500 },
    n3: { lastSeq: 900, offset: 200 },
  })
  t.deepEqual(lags(round, before), { n2: 0, n3: 100 })
  t.deepEqual(lags(round), {}, 'nothing is known in the first round')
})

test('a replica that does not answer has no lag, and a group without a leader none at all', (t) => {
  t.deepEqual(lags(madeRound(0, { n2: { up: false, state: 'down' }, n1: { lastSeq: 150 } })), { n3: 50 })
  t.deepEqual(lags(madeRound(0, { n1: { up: false, state: 'down' } })), {})
})

test('all current: answering, in contact, and with all that the leader had', (t) => {
  const current = (round: Round) => allCurrent(statusIn(round), round, undefined)
  t.true(current(madeRound(0)))
  t.false(current(madeRound(0, { n1: { lastSeq: 101 } })), 'behind')
  t.false(current(madeRound(0, { n3: { up: false, state: 'down' } })), 'down')
  t.false(current(madeRound(0, { n1: { heard: { n2: 4_000 } } })), 'out of contact')
  t.false(current(madeRound(0, { n3: { leader: null } })), 'not there yet')
  t.false(current(madeRound(0, { n1: { up: false, state: 'down' } })), 'without a leader')
})
