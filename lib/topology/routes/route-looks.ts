import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Link } from '../shapes/link.ts'
import type { ServerNode, Topology } from '../topology.ts'
import { type Bypass, describeBypass, findBypasses } from './bypass.ts'
import { type RegionVia, type RouteList, readRoutes, routesUp } from './routes.ts'

/** How long a node that is asked for its routes may take: for a proof, and for a look. */
const proofMs = 3_000
const lookMs = 500
/** A gateway that dials another’s proxy is refused after a round trip, and dials again after a second: later than this it stays. */
const refusedMs = 700

/** What running servers say of the routes between them, held against the links that should carry them. */
export function routeLooks(
  nodes: readonly ServerNode[],
  links: readonly Link[],
  via?: RegionVia,
): Pick<Topology, 'bypasses' | 'routesUp'> {
  const running = () => nodes.filter(({ state }) => state === 'running')
  return {
    bypasses: async () => {
      const look = async () => {
        const lists = await Promise.all(running().map((node) => provenRoutes(node, via)))
        return findBypasses(lists.flat(), links)
      }
      const found = await look()
      if (found.every(({ proxyOf }) => proxyOf === undefined)) return found.map(describeBypass)
      await sleep(refusedMs)
      const left = new Set((await look()).map(describeBypass))
      const lasts = (bypass: Bypass) => bypass.proxyOf === undefined || left.has(describeBypass(bypass))
      return found.filter(lasts).map(describeBypass)
    },
    routesUp: async (mustAnswer = false) => {
      const read = (node: ServerNode) =>
        mustAnswer ? provenRoutes(node, via) : readRoutes(node, lookMs, via).catch(() => [])
      const lists = await Promise.all(running().map(read))
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
