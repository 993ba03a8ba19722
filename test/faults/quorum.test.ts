import test from 'ava'
import * as v from 'valibot'
import {
  allNodes,
  at,
  blackhole,
  bridge,
  every,
  type FaultTiming,
  halves,
  isolate,
  kill,
  leaderOf,
  majoritiesRing,
  majority,
  minority,
  node,
  OccurrenceNames,
  occurrencesOf,
  oneWay,
  pause,
  quorumLossIn,
  randomNode,
  timingSchema,
} from '../../lib/faults/index.ts'

const phaseMs = 60_000

function loss(nodes: number, ...timings: readonly FaultTiming[]) {
  const names = new OccurrenceNames([])
  const occurrences = timings.flatMap((timing) => occurrencesOf(v.parse(timingSchema, timing), phaseMs, 1, names))
  return quorumLossIn(occurrences, phaseMs, nodes)
}

test('a cluster may lose as many nodes as leave a majority', (t) => {
  t.is(loss(3, at('1s', kill(leaderOf('S')))), undefined)
  t.is(loss(3, at('1s', kill(minority()))), undefined)
  t.is(loss(5, at('1s', kill(leaderOf('S'))), at('1s', kill(randomNode()))), undefined)
  t.is(loss(5, at('1s', kill(minority()))), undefined)
})

test('two of three at once are too many, whatever is done to them', (t) => {
  t.deepEqual(loss(3, at('1s', kill(leaderOf('S')), { for: '5s' }), at('3s', pause(randomNode()), { for: '5s' })), {
    ids: ['kill#1', 'pause#1'],
    atMs: 3_000,
    left: 1,
    needed: 2,
  })
  t.like(loss(3, at('1s', kill(node('n1')))!, at('2s', isolate(node('n2')))), { left: 1, needed: 2 })
  t.like(loss(5, at('1s', kill(minority())), at('2s', kill(randomNode()))), { left: 2, needed: 3 })
})

test('a majority, and all nodes, are too many by themselves', (t) => {
  t.like(loss(3, at('1s', kill(majority()))), { ids: ['kill#1'], left: 1, needed: 2 })
  t.like(loss(5, at('1s', pause(majority()))), { left: 2, needed: 3 })
  t.like(loss(3, at('1s', kill(allNodes()))), { left: 0 })
  t.like(loss(3, at('1s', isolate(majority()))), { left: 1 })
  t.like(loss(2, at('1s', kill(randomNode()))), { left: 1, needed: 2 })
})

test('one after another is no loss: it counts what is in force together', (t) => {
  t.is(loss(3, at('1s', kill(node('n1')), { for: '2s' }), at('3s', kill(node('n2')), { for: '2s' })), undefined)
  t.is(loss(3, every('10s', kill(randomNode()), { for: '9s' })), undefined)
  t.like(loss(3, every('10s', kill(randomNode()), { for: '5s' }), at('24s', kill(randomNode()), { for: '1s' })), {
    atMs: 24_000,
    ids: ['kill#2', 'kill-2#1'],
  })
  // Without an end it stays to the end of the phase.
  t.like(loss(3, at('1s', kill(node('n1'))), at('59s', kill(node('n2')))), { atMs: 59_000 })
})

test('the order of declaration does not matter', (t) => {
  t.like(loss(3, at('8s', kill(node('n1')), { for: '1s' }), at('1s', kill(node('n2')), { for: '20s' })), {
    ids: ['kill-2#1', 'kill#1'],
    atMs: 8_000,
  })
})

test('partitions leave a majority together, and faults on links take no node', (t) => {
  for (const nodes of [3, 5]) {
    t.is(loss(nodes, at('1s', halves(leaderOf('S')))), undefined)
    t.is(loss(nodes, at('1s', bridge(leaderOf('S')))), undefined)
    t.is(loss(nodes, at('1s', majoritiesRing())), undefined)
    t.is(loss(nodes, at('1s', oneWay(node('n1')))), undefined)
    t.is(loss(nodes, at('1s', kill(node('n1'))), at('1s', blackhole())), undefined)
  }
  t.like(loss(4, at('1s', halves(node('n1')))), { left: 2, needed: 3 })
})

test('a script that says it means it gets it', (t) => {
  t.is(loss(3, at('1s', kill(majority(), { allowQuorumLoss: true }))), undefined)
  t.is(loss(3, at('1s', kill(node('n1'))), at('2s', kill(node('n2'), { allowQuorumLoss: true }))), undefined)
  t.like(loss(3, at('1s', kill(majority(), { allowQuorumLoss: true }), { for: '5s' }), at('9s', kill(majority()))), {
    atMs: 9_000,
  })
})
