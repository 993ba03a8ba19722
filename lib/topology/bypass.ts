import type { Link } from './link.ts'
import { portOf, type RouteList } from './routes.ts'

/** A route that goes around its proxy. */
export interface Bypass {
  readonly from: string
  readonly to: string
  /** The real port that was dialled. */
  readonly port: number
}

/**
 * The routes that go around their proxies: what a node dials must be a proxy, so no route may have a real cluster port at
 * its other end. Clients can't be told apart in this way, because a server sees only ephemeral ports of theirs; they
 * know proxies alone, and servers tell them of no other address (nats-config.ts).
 */
export function findBypasses(lists: readonly RouteList[], links: readonly Link[]): Bypass[] {
  const nodeAt = new Map(links.flatMap(({ route, upstream }) => (route ? [[portOf(upstream), route.to]] : [])))
  return lists.flatMap(({ node, routes }) =>
    routes.flatMap(({ remotePort }) => {
      const to = nodeAt.get(remotePort)
      return to === undefined ? [] : [{ from: node, to, port: remotePort }]
    }),
  )
}

export function describeBypass({ from, to, port }: Bypass): string {
  return `${from} has a route to ${to} at its real port ${port}, around the proxy`
}
