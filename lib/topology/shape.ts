import type { LinkPlan } from './link.ts'

/** What a topology will start, known before anything is: for `inspect` and for checking fault targets. */
export interface TopologyShape {
  readonly nodes: readonly string[]
  readonly links: readonly LinkPlan[]
}

/**
 * So many nodes, n1 and on, each with a link for each role of client and one to every other node. Between two nodes there
 * is one route, which either may dial: each direction of dialling is a link of its own.
 */
export function meshShape(count: number): TopologyShape {
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`)
  const clients = nodes.flatMap((node) => [
    { name: `publishers-${node}`, node, groups: ['clients', 'publishers', node] },
    { name: `consumers-${node}`, node, groups: ['clients', 'consumers', node] },
  ])
  const routes = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => routeLink(from, to)))
  return { nodes, links: [...clients, ...routes] }
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
