import type { LinkPlan } from './link.ts'
import { type RegionsPlan, regionPairs } from './regions.ts'

/** What a topology will start, known before anything is: for `inspect` and for checking fault targets. */
export interface TopologyShape {
  readonly nodes: readonly string[]
  readonly links: readonly LinkPlan[]
  /** None but for `regions()`. */
  readonly regions: readonly RegionShape[]
}

export interface RegionShape {
  readonly name: string
  readonly nodes: readonly string[]
}

/**
 * So many nodes, n1 and on, or those of the names, each with a link for each role of client and one to every other node.
 * Between two nodes there is one route, which either may dial: each direction of dialling is a link of its own.
 */
export function meshShape(of: number | readonly string[]): TopologyShape {
  const nodes = typeof of === 'number' ? numbered('n', of) : of
  return { nodes, links: [...nodes.flatMap((node) => clientLinks(node)), ...routeLinks(nodes)], regions: [] }
}

/**
 * A mesh for each region, its nodes named after it, and links between the nodes of any two regions that are joined. Gateways
 * dial both ways, and each is a connection of its own; a leafnode dials the hub.
 */
export function regionsShape({ regions, via }: RegionsPlan): TopologyShape {
  const shapes = regions.map(({ name, nodes }) => ({ name, nodes: numbered(name, nodes) }))
  const nodesOf = (name: string) => shapes.find((region) => region.name === name)!.nodes
  const within = shapes.flatMap(({ name, nodes }) => [
    ...nodes.flatMap((node) => clientLinks(node, name)),
    ...routeLinks(nodes),
  ])
  const between = regionPairs(
    shapes.map(({ name }) => name),
    via,
  ).flatMap(([a, b]) =>
    nodesOf(a).flatMap((one) =>
      nodesOf(b).flatMap((other) => {
        const groups = [via, `region-${a}`, `region-${b}`, `between-${a}-${b}`]
        if (via === 'leafnodes') return [regionLink('leafnode', other, one, groups)]
        return [regionLink('gateway', one, other, groups), regionLink('gateway', other, one, groups)]
      }),
    ),
  )
  return { nodes: shapes.flatMap(({ nodes }) => nodes), links: [...within, ...between], regions: shapes }
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
}

function clientLinks(node: string, region?: string): LinkPlan[] {
  return ['publishers', 'consumers'].map((role) => ({
    name: `${role}-${node}`,
    node,
    groups: ['clients', role, node, ...(region === undefined ? [] : [`clients-${region}`, `${role}-${region}`])],
    ...(region !== undefined && { region }),
  }))
}

function routeLinks(nodes: readonly string[]): LinkPlan[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => routeLink(from, to)))
}

function routeLink(from: string, to: string): LinkPlan {
  const pair = [from, to].sort().join('-')
  return {
    name: `route-${from}-${to}`,
    node: to,
    groups: ['routes', `route-${from}`, `route-${to}`, `routes-${pair}`],
    route: { from, to },
  }
}

function regionLink(via: 'gateway' | 'leafnode', from: string, to: string, groups: readonly string[]): LinkPlan {
  return { name: `${via}-${from}-${to}`, node: to, groups, route: { from, to }, via }
}
