import test from 'ava'
import { describeFault } from '../../lib/faults/index.ts'
import { plan, refusal } from '../script/project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

const three = 'regions({ a: { nodes: 3 }, b: { nodes: 3 }, c: { nodes: 3 } })'

/** Faults of one phase, on three regions joined by leafnodes unless told otherwise. */
const script = (faults: string, topology = three) => `
import { allRegions, at, between, cluster, down, flapping, isolateClients, kill, lossyLink, node, partition, randomRegion, region, regions, roundRobinRegion, single, slow, stream } from 'squall'
export const topology = ${topology}
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases = [{ name: 'steady', duration: '10s', rate: 100, faults: [${faults}] }]
export async function load() {}
`
const gateways = (regions: string) => `regions(${regions}, { via: 'gateways' })`
const place = 'phases[0].faults[0].fault'

const bad: readonly [what: string, text: string, expected: string][] = [
  [
    'a region that is not there',
    script("at('1s', partition(region('west')))"),
    `${place}.target is "west"; there is no such region: there are a, b, c`,
  ],
  [
    'a region of a choice that is not there',
    script("at('1s', partition(roundRobinRegion('a', 'd')))"),
    `${place}.target is "d"; there is no such region: did you mean`,
  ],
  [
    'a region where there is none',
    script("at('1s', partition(allRegions()))", 'cluster()'),
    `${place}.target is a region; cluster() has none; regions() makes some`,
  ],
  ['a region and itself', script("at('1s', between('b', 'b'))"), `${place} cuts region "b" off from itself`],
  [
    'two leafnodes that have no link',
    script("at('1s', between('b', 'c'))"),
    `${place} cuts "b" off from "c", which have no link between them: leafnodes meet in the first region, "a"`,
  ],
  [
    'a slow link of a region to itself',
    script("at('1s', slow(region('a'), { from: region('a'), latency: '1s' }))"),
    `${place} is slow() of region "a" from itself; it must be from another one`,
  ],
  [
    'a lossy link that is not there',
    script("at('1s', lossyLink(region('b'), { from: region('c') }))"),
    `${place} is lossyLink() of "b" from "c", which have no link between them`,
  ],
  [
    'a slow link that is not slow',
    script("at('1s', slow(region('a'), {}))"),
    `${place} has no latency and no bandwidth`,
  ],
  [
    'a slow link that is cut',
    script("at('1s', slow(region('a'), { bandwidth: 0 }))"),
    `${place} has a bandwidth of 0, which is a cut; it must be more`,
  ],
  [
    'stalls as long as elections',
    script("at('1s', lossyLink(region('a'), { stall: '5s', every: '10s' }))"),
    `${place}.stall is "5s"; it must be at most 2s`,
  ],
  [
    'a link that stalls all the time',
    script("at('1s', lossyLink(region('a'), { stall: '1s', every: '1s' }))"),
    `${place} would stall all the time; every must be longer than stall`,
  ],
  [
    'flapping of a single moment',
    script("at('1s', flapping(partition(region('a')), { on: '1s', off: 0 }))"),
    `${place}.flapping.off is 0; it must be longer than 0`,
  ],
  [
    'clients of a region that is not there',
    script("at('1s', isolateClients(region('d')))"),
    `${place}.target is "d"; there is no such region`,
  ],
  [
    'a slow link of one node',
    script("at('1s', slow(node('n1'), { latency: '1s' }))", 'single()').replace('replicas: 3', 'replicas: 1'),
    `${place} is slow(); single() has one node, and nothing that it has a link to`,
  ],
  [
    'two nodes of one region',
    script("at('1s', kill(node('a1'))), at('2s', kill(node('a2')))"),
    'kill#1 and kill-2#1 leave 1 of 3 nodes of region a, and 2 are needed; if that is meant, give the fault allowQuorumLoss: true',
  ],
  [
    'two nodes that a stream of a super-cluster is on',
    script("at('1s', kill(node('a1'))), at('2s', kill(node('a2')))", gateways('{ a: {}, b: {} }')),
    'kill#1 and kill-2#1 leave 1 of 3 nodes of region a, and 2 are needed',
  ],
  [
    'an even cut of a super-cluster',
    script("at('1s', partition(region('b')))", gateways('{ a: {}, b: {} }')),
    'apart#1 leaves 3 of 6 nodes, and 4 are needed',
  ],
]

for (const [what, text, expected] of bad) {
  test.serial(`${what}: refused`, async (t) => {
    const told = await refusal(t, text)
    t.true(told.includes(expected), told)
    t.is(told.trimEnd().split('\n').length, 1)
  })
}

test.serial('cuts of regions by choice, and of all of them at once, are taken', async (t) => {
  const { phases } = await plan(
    t,
    script(`
      at('1s', partition(roundRobinRegion()), { for: '1s' }),
      at('3s', partition(randomRegion('b', 'c')), { for: '1s' }),
      at('5s', partition(allRegions()), { for: '1s' }),
      at('7s', partition(region('a'))), at('7s', partition(region('b'))), at('7s', partition(region('c')))`),
  )
  t.is(phases[0]!.faults.length, 6)
})

test.serial('what makes links worse, comes and goes, or cuts clients off is taken, and told in words', async (t) => {
  const { phases } = await plan(
    t,
    script(`
      at('1s', slow(region('b'), { from: region('a'), latency: '200ms', jitter: '20ms', bandwidth: '1MB/s' }), { for: '1s' }),
      at('2s', lossyLink(region('b')), { for: '1s' }),
      at('3s', flapping(partition(region('b'), { mode: 'down' }), { on: '2s', off: '3s' }), { for: '1s' }),
      at('4s', isolateClients(region('b'), { role: 'publishers', mode: 'stall' }), { for: '1s' }),
      at('5s', isolateClients(node('a1')), { for: '1s' })`),
    { timeScale: 0.5 },
  )
  const { faults } = phases[0]!
  t.deepEqual(
    faults.map(({ id, fault }) => [id, describeFault(fault)]),
    [
      ['slow#1', 'slow region(b) from region(a) by latency 200ms jitter 20ms and bandwidth 1MB/s each way'],
      ['lossyLink#1', 'lossyLink region(b), stalls of 200ms about every 2s for lost packets'],
      ['flapping#1', 'apart down region(b), 1s on 1.5s off'],
      ['isolateClients#1', 'isolateClients stall region(b), publishers only'],
      ['isolateClients-2#1', 'isolateClients drop a1'],
    ],
  )
})

test.serial('in a super-cluster nodes without a stream may go, as long as most of all stay', async (t) => {
  const kills = "at('1s', kill(node('b1'))), at('2s', kill(node('b2')))"
  const { phases } = await plan(t, script(kills, gateways('{ a: {}, b: {} }')))
  t.is(phases[0]!.faults.length, 2)
})
