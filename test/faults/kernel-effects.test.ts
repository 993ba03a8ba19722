import test from 'ava'
import { KernelEffects, type RegionCuts, splitCuts } from '../../lib/faults/kernel-effects.ts'
import { cutsOf } from '../../lib/faults/partition.ts'
import type { Link } from '../../lib/topology/index.ts'

const regions = [
  { name: 'a', nodes: ['a1', 'a2'] },
  { name: 'b', nodes: ['b1', 'b2'] },
  { name: 'c', nodes: ['c1'] },
]
const nodes = regions.flatMap((region) => region.nodes)
const cut = (shape: 'apart' | 'oneWay' | 'isolate', targets: string[]) =>
  cutsOf({ shape, nodes, targets, groups: shape === 'isolate' ? [] : regions, random: () => 0 })

test('cuts between whole regions are the kernel’s, all others the proxies’', (t) => {
  const { whole, others } = splitCuts(cut('apart', ['b1', 'b2']), regions)
  t.deepEqual(whole.map(({ from, to }) => `${from}${to}`).sort(), ['ab', 'ba', 'bc', 'cb'])
  t.deepEqual(others, [])
  const oneWay = splitCuts(cut('oneWay', ['c1']), regions)
  t.deepEqual(oneWay, {
    whole: [
      { from: 'c', to: 'a' },
      { from: 'c', to: 'b' },
    ],
    others: [],
  })
  const isolated = splitCuts(cut('isolate', ['b1']), regions)
  t.deepEqual(isolated.whole, [])
  t.is(isolated.others.length, 8)
})

test('a partition is one change for all the links that it cuts, and is dialled across at both ends', async (t) => {
  const link = (from: string, to: string, upstream: string): Link => ({
    name: `leafnode-${from}-${to}`,
    node: to,
    groups: ['leafnodes', 'region-a', `region-${from[0]}`],
    route: { from, to },
    via: 'leafnode',
    proxy: '',
    listen: '',
    upstream,
  })
  // Nobody is at either end, and nobody is told so: this machine's loopback refuses.
  const links = [link('b1', 'a1', '127.0.0.1:1'), link('c1', 'a1', '127.0.0.3:1')]
  const called: unknown[] = []
  const kernel: RegionCuts = {
    cut: async (...all) => void called.push(all),
    heal: async (id) => void called.push(id),
    stopped: () => 1,
    addressOf: (region, from) => ({ ab: '127.0.0.1', ba: '127.0.0.2' })[region + from],
  }
  const effects = new KernelEffects(links, regions, kernel)
  const cuts = cut('apart', ['b1', 'b2'])
  const { effects: made, others, probe } = effects.ofPartition(cuts, 'drop', 'cut#1')
  t.deepEqual(others, [])
  t.deepEqual(
    made.map(({ targets }) => targets),
    [['leafnode-b1-a1']],
  )
  await made[0]!.apply()
  await made[0]!.heal()
  t.like(called, [['cut#1', { length: 4 }, 'drop'], 'cut#1'])
  await t.throwsAsync(probe!.look(), { message: '127.0.0.1:1, 127.0.0.2:9 can be reached across the cut' })
  // Who is refused where nobody listens proves no reset of the kernel's.
  const { probe: resets } = effects.ofPartition(cuts, 'down', 'cut#2')
  await resets!.look()
  t.is(resets!.said(), '1 packet stopped, 1 of 1 dials across it refused')
})
