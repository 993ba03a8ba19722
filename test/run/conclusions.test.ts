import test from 'ava'
import { Aggregate } from '../../lib/measure/index.ts'
import { recordConclusions } from '../../lib/run/conclusions.ts'
import { fixtureReport } from '../report/fixture.ts'

const ledgerOf = (changes: object) => {
  const { ledger } = fixtureReport()
  return { ...ledger!, streams: [{ ...ledger!.streams[0]!, stream: 'ORDERS', ...changes }] }
}
const fault = { phase: 'faults', window: 'fault', fault: 'kill' }
const recovery = { ...fault, window: 'recovery' }

test('messages that a stream lost are counted under their window and stream', (t) => {
  const aggregate = new Aggregate([])
  const lostByWindow = [
    { tags: fault, lost: 3 },
    { tags: recovery, lost: 2 },
  ]
  recordConclusions(aggregate, ledgerOf({ judgedBy: 'content', lostByWindow }), [])
  t.is(aggregate.count('stream_lost'), 5)
  t.is(aggregate.count('stream_lost', { ...fault, stream: 'ORDERS' }), 3)
  t.is(aggregate.count('stream_lost', { stream: 'OTHER' }), 0)
})

test('what a path lost, and what was queued on it, is counted under its origin and copy', (t) => {
  const aggregate = new Aggregate([])
  const path = {
    path: ['ORDERS', 'COPY', 'LAST'],
    lostByWindow: [{ tags: fault, lost: 3 }],
    duplicate: 1,
    outOfOrder: 0,
    queued: 7,
  }
  recordConclusions(aggregate, { ...ledgerOf({}), paths: [path as never] }, [])
  const tags = { origin: 'COPY', stream: 'LAST' }
  t.is(aggregate.count('path_lost', { ...tags, ...fault }), 3)
  t.is(aggregate.count('path_duplicated', tags), 1)
  t.is(aggregate.count('path_queued', tags), 7)
  t.is(aggregate.count('path_queued', { origin: 'ORDERS' }), 0)
})

test('a stream that its consumers judge has its losses in theirs', (t) => {
  const aggregate = new Aggregate([])
  recordConclusions(aggregate, ledgerOf({ judgedBy: 'consumers', lostByWindow: [{ tags: fault, lost: 3 }] }), [])
  t.is(aggregate.count('stream_lost'), 0)
})

test('a leak ratio above 1 is a leak, and a run whose leaks could not be judged has none', (t) => {
  const aggregate = new Aggregate([])
  const most = { metric: 'leak_ratio', tags: {}, aggregation: { kind: 'max' }, type: 'gauge' } as never
  recordConclusions(aggregate, undefined, [])
  t.is(aggregate.observe(most, () => 10).value, undefined)
  recordConclusions(aggregate, undefined, [
    { process: 'n1', resource: 'fds', baseline: 20, recovery: 24, limit: 30 },
    { process: 'n2', resource: 'fds', baseline: 20, recovery: 45, limit: 30 },
  ])
  t.is(aggregate.observe(most, () => 10).value, 1.5)
  const ofN1 = { metric: 'leak_ratio', tags: { node: 'n1' }, aggregation: { kind: 'max' }, type: 'gauge' } as never
  t.is(aggregate.observe(ofN1, () => 10).value, 0.8)
})
