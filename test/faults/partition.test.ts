import test from 'ava'
import { describeCuts, type LinkedRegions } from '../../lib/faults/describe-cuts.ts'
import { type Cut, cutsOf, type PartitionInput } from '../../lib/faults/partition.ts'
import { randomFrom } from '../../lib/measure/index.ts'

const three = ['n1', 'n2', 'n3']
const five = ['n1', 'n2', 'n3', 'n4', 'n5']
const seeds = [1, 2, 3, 4, 5]

type Input = Partial<PartitionInput> & Pick<PartitionInput, 'shape'>

function cut(nodes: readonly string[], input: Input, seed = 1): readonly Cut[] {
  return cutsOf({ nodes, targets: ['n1'], random: randomFrom(seed), ...input })
}

/** By node: itself and whom it hears, in order of names. */
function heard(nodes: readonly string[], cuts: readonly Cut[]): Record<string, string[]> {
  return Object.fromEntries(
    nodes.map((node) => [node, nodes.filter((other) => !cuts.some(({ from, to }) => from === other && to === node))]),
  )
}

test('isolate cuts its target off from all others, both ways, and nobody else', (t) => {
  t.deepEqual(heard(three, cut(three, { shape: 'isolate', targets: ['n2'] })), {
    n1: ['n1', 'n3'],
    n2: ['n2'],
    n3: ['n1', 'n3'],
  })
  t.is(cut(five, { shape: 'isolate' }).length, 8)
})

test('isolate of several leaves each of them alone', (t) => {
  const cuts = cut(five, { shape: 'isolate', targets: ['n1', 'n4'] })
  const rest = ['n2', 'n3', 'n5']
  t.deepEqual(heard(five, cuts), { n1: ['n1'], n2: rest, n3: rest, n4: ['n4'], n5: rest })
  t.is(new Set(cuts.map(({ from, to }) => `${from} ${to}`)).size, cuts.length)
  t.is(cut(three, { shape: 'isolate', targets: three }).length, 6)
})

test('halves puts its target into the smaller half, and others to it by the seed', (t) => {
  t.deepEqual(heard(three, cut(three, { shape: 'halves', targets: ['n3'] })), {
    n1: ['n1', 'n2'],
    n2: ['n1', 'n2'],
    n3: ['n3'],
  })
  const companions = seeds.map((seed) => {
    const views = heard(five, cut(five, { shape: 'halves', targets: ['n2'] }, seed))
    const smaller = views.n2!
    const larger = five.filter((node) => !smaller.includes(node))
    t.is(smaller.length, 2)
    for (const node of five) t.deepEqual(views[node], smaller.includes(node) ? smaller : larger)
    return smaller.join()
  })
  t.true(new Set(companions).size > 1, companions.join(' '))
})

test('bridge leaves one node of the larger half that hears all; the halves meet nowhere else', (t) => {
  for (const nodes of [three, five]) {
    for (const seed of seeds) {
      const views = heard(nodes, cut(nodes, { shape: 'bridge' }, seed))
      const bridges = nodes.filter((node) => views[node]!.length === nodes.length)
      t.is(bridges.length, 1)
      const [bridge] = bridges
      t.not(bridge, 'n1')
      const smaller = views.n1!.filter((node) => node !== bridge)
      t.is(smaller.length, Math.floor(nodes.length / 2))
      for (const node of nodes) {
        if (node === bridge) continue
        const half = smaller.includes(node) ? smaller : nodes.filter((other) => !smaller.includes(other))
        t.deepEqual(views[node], [...new Set([...half, bridge!])].sort())
      }
    }
  }
})

test('in a ring of majorities every node hears a majority, itself included', (t) => {
  for (const nodes of [three, ['n1', 'n2', 'n3', 'n4'], five]) {
    for (const seed of seeds) {
      const views = heard(nodes, cut(nodes, { shape: 'majoritiesRing', targets: nodes }, seed))
      for (const node of nodes) {
        t.true(views[node]!.includes(node))
        t.is(views[node]!.length, Math.floor(nodes.length / 2) + 1)
      }
      t.is(new Set(Object.values(views).map(String)).size, nodes.length)
    }
  }
})

test('in a ring of three each hears one other, and is heard by one other', (t) => {
  const cuts = cut(three, { shape: 'majoritiesRing', targets: three })
  t.is(cuts.length, 3)
  t.deepEqual(cuts.map(({ from }) => from).sort(), three)
  t.deepEqual(cuts.map(({ to }) => to).sort(), three)
})

test('rings follow from the seed', (t) => {
  const ring = (seed: number) => JSON.stringify(cut(five, { shape: 'majoritiesRing', targets: five }, seed))
  t.is(ring(1), ring(1))
  t.true(new Set(seeds.map(ring)).size > 1)
})

test('one way keeps the target from being heard, by all or by those named, and it hears on', (t) => {
  t.deepEqual(cut(three, { shape: 'oneWay' }), [
    { from: 'n1', to: 'n2' },
    { from: 'n1', to: 'n3' },
  ])
  t.deepEqual(cut(five, { shape: 'oneWay', targets: ['n2'], hearers: ['n5'] }), [{ from: 'n2', to: 'n5' }])
  t.deepEqual(cut(five, { shape: 'oneWay', targets: ['n2'], hearers: ['n2', 'n5'] }), [{ from: 'n2', to: 'n5' }])
})

test('a partition is told by the nodes that are apart', (t) => {
  const told = (nodes: readonly string[], input: Partial<PartitionInput> & Pick<PartitionInput, 'shape'>) =>
    describeCuts(cut(nodes, input), nodes)
  t.is(told(three, { shape: 'isolate', targets: ['n3'] }), 'n3 | n1, n2')
  t.is(told(five, { shape: 'isolate', targets: ['n4', 'n2'] }), 'n2 | n4 | n1, n3, n5')
  t.is(told(three, { shape: 'isolate', targets: three }), 'n1 | n2 | n3')
  t.is(told(three, { shape: 'halves' }), 'n1 | n2, n3')
  t.regex(told(five, { shape: 'halves' }), /^n1, n\d \| n\d, n\d, n\d$/)
  t.regex(told(three, { shape: 'bridge' }), /^n1 \| n[23], both with n[23]$/)
  t.is(told(three, { shape: 'oneWay' }), 'n1 is not heard by n2, n3')
  t.is(told(five, { shape: 'oneWay', hearers: ['n5'] }), 'n1 is not heard by n5')
  t.regex(
    told(three, { shape: 'majoritiesRing', targets: three }),
    /^n1 is not heard by n\d; n2 is not heard by n\d; n3 is not heard by n\d$/,
  )
})

test('regions that are apart hear themselves, and are told by their names', (t) => {
  const regions = [
    { name: 'a', nodes: ['a1', 'a2'] },
    { name: 'b', nodes: ['b1', 'b2'] },
    { name: 'c', nodes: ['c1'] },
  ]
  const nodes = regions.flatMap((region) => region.nodes)
  const told = (input: Input, areLinked: LinkedRegions['areLinked'] = () => true) =>
    describeCuts(cut(nodes, { groups: regions, ...input }), nodes, { regions, areLinked })
  const [a, b] = [regions[0]!.nodes, regions[1]!.nodes]
  t.is(told({ shape: 'apart', targets: b }), 'b | a, c')
  t.is(told({ shape: 'apart', targets: a, hearers: b }), 'a | b, both with c')
  // By leafnodes all that b has is a.
  t.is(
    told({ shape: 'apart', targets: a, hearers: b }, (one, other) => [one, other].includes('a')),
    'b | a, c',
  )
  t.is(told({ shape: 'oneWay', targets: b, hearers: a }), 'b is not heard by a')
  t.is(told({ shape: 'oneWay', targets: b }), 'b is not heard by a, c')
  t.is(told({ shape: 'apart', targets: nodes }), 'a | b | c')
  const all = cut(nodes, { shape: 'apart', targets: nodes, groups: regions })
  t.is(new Set(all.map(({ from, to }) => `${from} ${to}`)).size, all.length)
  t.is(all.length, 2 * (4 + 2 + 2))
  // One node of a region is a node.
  t.is(told({ shape: 'apart', targets: ['b1'], groups: [] }), 'b1 | a1, a2, b2, c1')
})
