import test from 'ava'
import * as v from 'valibot'
import {
  allNodes,
  allRegions,
  at,
  between,
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
  partition,
  pause,
  type Quorums,
  quorumLossIn,
  randomNode,
  randomRegion,
  region,
  roundRobinRegion,
  timingSchema,
} from '../../lib/faults/index.ts'

const phaseMs = 60_000

function loss(count: number, ...timings: readonly FaultTiming[]) {
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`)
  return lossIn({ nodes, regions: [], groups: [{ nodes }], streamRegions: {} }, ...timings)
}

function lossIn(quorums: Quorums, ...timings: readonly FaultTiming[]) {
  const names = new OccurrenceNames([])
  const occurrences = timings.flatMap((timing) => occurrencesOf(v.parse(timingSchema, timing), phaseMs, 1, names))
  return quorumLossIn(occurrences, phaseMs, quorums)
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
    group: { nodes: ['n1', 'n2', 'n3'] },
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

/** Regions of so many nodes, named `a1` and so on; with gateways the streams A, in region a, and so on have replicas. */
function quorums(via: 'leafnodes' | 'gateways', sizes: Readonly<Record<string, number>>): Quorums {
  const regions = Object.entries(sizes).map(([name, count]) => ({
    name,
    nodes: Array.from({ length: count }, (_, index) => `${name}${index + 1}`),
  }))
  const nodes = regions.flatMap((one) => one.nodes)
  const groups = regions.map(({ name, nodes }) => ({ region: name, nodes }))
  const streamRegions = Object.fromEntries(regions.map(({ name }) => [name.toUpperCase(), name]))
  return { nodes, regions, groups: via === 'gateways' ? [{ nodes }, ...groups] : groups, streamRegions }
}

const leafnodes = quorums('leafnodes', { a: 3, b: 3 })
const gateways = quorums('gateways', { a: 3, b: 3 })

test('regions: what is left elsewhere does not help a region that lost too many', (t) => {
  for (const where of [leafnodes, gateways]) {
    t.like(lossIn(where, at('1s', kill(node('a1'))), at('2s', kill(node('a2')))), {
      ids: ['kill#1', 'kill-2#1'],
      group: { region: 'a' },
      left: 1,
      needed: 2,
    })
    t.is(lossIn(where, at('1s', kill(node('a1'))), at('2s', kill(node('b1')))), undefined)
    t.is(lossIn(where, at('1s', kill(leaderOf('A'))), at('2s', kill(leaderOf('B')))), undefined)
    t.like(lossIn(where, at('1s', kill(leaderOf('A'))), at('2s', pause(leaderOf('A')))), { group: { region: 'a' } })
    t.like(lossIn(where, at('1s', kill(node('a1'))), at('2s', kill(randomNode()))), { group: { region: 'a' } })
    t.like(lossIn(where, at('1s', kill(minority()))), { group: { region: 'a' }, left: 1 })
    t.like(lossIn(where, at('1s', isolate(region('b')))), { left: gateways === where ? 3 : 0 })
  }
  const kills = [at('1s', kill(node('a1'))), at('2s', kill(node('a2'), { allowQuorumLoss: true }))]
  t.is(lossIn(leafnodes, ...kills), undefined)
})

test('regions joined by leafnodes may be cut off, all of them at once too', (t) => {
  for (const cut of [region('b'), roundRobinRegion(), randomRegion('a', 'b'), allRegions()]) {
    t.is(lossIn(leafnodes, at('1s', partition(cut))), undefined)
  }
  t.is(lossIn(leafnodes, at('1s', partition(region('a'))), at('1s', partition(region('b')))), undefined)
})

test('a super-cluster goes on where most of its nodes are, and an even cut leaves no such side', (t) => {
  t.like(lossIn(gateways, at('1s', partition(region('b')))), { left: 3, needed: 4 })
  t.like(lossIn(gateways, at('1s', oneWay(roundRobinRegion()))), { left: 3, needed: 4 })
  const uneven = quorums('gateways', { a: 5, b: 1 })
  for (const name of ['a', 'b']) t.is(lossIn(uneven, at('1s', partition(region(name)))), undefined)
  const three = quorums('gateways', { a: 2, b: 2, c: 2 })
  t.is(lossIn(three, at('1s', partition(region('c')))), undefined)
  t.is(lossIn(three, at('1s', between('a', 'b'))), undefined)
  t.like(lossIn(three, at('1s', partition(allRegions()))), { left: 2, needed: 4 })
  t.like(lossIn(three, at('1s', partition(region('a'))), at('2s', partition(region('b')))), { left: 2, needed: 4 })
})
