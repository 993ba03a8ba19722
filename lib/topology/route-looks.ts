import { messageOf } from '../errors.ts'
import { describeBypass, findBypasses } from './bypass.ts'
import type { Link } from './link.ts'
import { type RegionVia, type RouteList, readRoutes, routesUp } from './routes.ts'
import type { ServerNode, Topology } from './topology.ts'

/** How long a node that is asked for its routes may take: for a proof, and for a look. */
const proofMs = 3_000
const lookMs = 500

/** What running servers say of the routes between them, held against the links that should carry them. */
export function routeLooks(
  nodes: readonly ServerNode[],
  links: readonly Link[],
  via?: RegionVia,
): Pick<Topology, 'bypasses' | 'routesUp'> {
  const running = () => nodes.filter(({ state }) => state === 'running')
  return {
    bypasses: async () => {
      const lists = await Promise.all(running().map((node) => provenRoutes(node, via)))
      return findBypasses(lists.flat(), links).map(describeBypass)
    },
    routesUp: async () => {
      const lists = await Promise.all(running().map((node) => readRoutes(node, lookMs, via).catch(() => [])))
      return routesUp(lists.flat(), links)
    },
  }
}

/** Of a server that has ended meanwhile, none. */
async function provenRoutes(node: ServerNode, via?: RegionVia): Promise<RouteList[]> {
  try {
    return [await readRoutes(node, proofMs, via)]
  } catch (error) {
    if (node.state !== 'running') return []
    throw new Error(`${node.name} does not tell its routes: ${messageOf(error)}`, { cause: error })
  }
}
