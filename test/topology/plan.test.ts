import test from 'ava'
import * as v from 'valibot'
import { cluster, linkSelectors, selectLinks, shapeOf, single, topologySchema } from '../../lib/topology/index.ts'

const parse = (topology: unknown) => v.safeParse(topologySchema, topology)
const planOf = (topology: unknown) => v.parse(topologySchema, topology)

test('a cluster has three nodes unless it says otherwise', (t) => {
  t.deepEqual(planOf(cluster()), { kind: 'cluster', nodes: 3, protectRoutes: true })
  t.deepEqual(planOf(cluster({ nodes: 5, syncInterval: '1s', maxPayload: '2KiB' })), {
    kind: 'cluster',
    nodes: 5,
    protectRoutes: true,
    syncInterval: '1000ms',
    maxPayload: 2_048,
  })
  t.deepEqual(planOf(single({ syncInterval: 'always' })), { kind: 'single', syncInterval: 'always' })
})

for (const nodes of [0, 10, 100, 2.5, -1, '3', null]) {
  test(`a cluster of ${JSON.stringify(nodes)} nodes is none`, (t) => {
    const { issues } = parse(cluster({ nodes: nodes as number }))
    t.is(issues?.[0].message, 'must be a whole number from 1 to 9')
    t.is(v.getDotPath(issues![0]), 'nodes')
  })
}

for (const [what, topology] of [
  ['nothing', null],
  ['an object of its own', { nodes: 3 }],
  ['a kind that an object has anyway', { kind: 'constructor' }],
] as const) {
  test(`${what} is no topology`, (t) => {
    t.is(parse(topology).issues?.[0].message, 'must be made by single() or cluster() or regions() or external()')
  })
}

test('an option of the one is none of the other', (t) => {
  t.regex(parse(single({ nodes: 3 } as object)).issues?.[0].message ?? '', /^is not an option/)
})

const namesOf = (count: number, selector: string) =>
  selectLinks(shapeOf(planOf(cluster({ nodes: count }))).links, selector).map(({ name }) => name)

test('every node has its client links, and a link to dial every other', (t) => {
  const { nodes, links } = shapeOf(planOf(cluster()))
  t.deepEqual(nodes, ['n1', 'n2', 'n3'])
  t.is(links.length, 3 * 2 + 3 * 2)
  t.is(shapeOf(planOf(cluster({ nodes: 5 }))).links.length, 5 * 2 + 5 * 4)
  t.deepEqual(namesOf(3, 'n2'), ['publishers-n2', 'consumers-n2'])
  t.deepEqual(namesOf(3, 'routes').length, 6)
  t.deepEqual(namesOf(3, 'route-n3'), ['route-n1-n3', 'route-n2-n3', 'route-n3-n1', 'route-n3-n2'])
  t.deepEqual(namesOf(3, 'routes-n1-n3'), ['route-n1-n3', 'route-n3-n1'])
  t.deepEqual(selectLinks(links, 'route-n3-n1')[0]?.route, { from: 'n3', to: 'n1' })
})

test('no name of a link is a group of others', (t) => {
  const { links } = shapeOf(planOf(cluster({ nodes: 5 })))
  for (const { name } of links) t.is(selectLinks(links, name).length, 1, name)
  t.is(new Set(linkSelectors(links)).size, linkSelectors(links).length)
})

test('a cluster of one is a single server', (t) => {
  t.deepEqual(shapeOf(planOf(cluster({ nodes: 1 }))), shapeOf(planOf(single())))
})
