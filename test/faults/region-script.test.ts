import test from 'ava'
import { plan, refusal } from '../script/project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

const three = 'regions({ a: { nodes: 3 }, b: { nodes: 3 }, c: { nodes: 3 } })'

/** Faults of one phase, on three regions joined by leafnodes unless told otherwise. */
const script = (faults: string, topology = three) => `
import { allRegions, at, between, cluster, kill, node, partition, randomRegion, region, regions, roundRobinRegion, stream } from 'squall'
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

test.serial('in a super-cluster nodes without a stream may go, as long as most of all stay', async (t) => {
  const kills = "at('1s', kill(node('b1'))), at('2s', kill(node('b2')))"
  const { phases } = await plan(t, script(kills, gateways('{ a: {}, b: {} }')))
  t.is(phases[0]!.faults.length, 2)
})
