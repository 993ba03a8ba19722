import type { Link } from './link.ts'
import { portOf, type RouteList } from './routes.ts'

/** A route, gateway or leafnode connection that goes around its proxy. */
export interface Bypass {
  readonly from: string
  readonly to: string
  readonly via: 'route' | 'gateway' | 'leafnode'
  /** The real port that was dialled. */
  readonly port: number
}

/**
 * The connections that go around their proxies: what a node dials must be a proxy, so none may have a real listen port at
 * its other end. Clients can't be told apart in this way, because a server sees only ephemeral ports of theirs; they
 * know proxies alone, and servers tell them of no other address (nats-config.ts).
 */
export function findBypasses(lists: readonly RouteList[], links: readonly Link[]): Bypass[] {
  const nodeAt = new Map<number, Pick<Bypass, 'to' | 'via'>>()
  for (const { route, upstream, via = 'route' } of links) {
    if (route) nodeAt.set(portOf(upstream), { to: route.to, via })
  }
  return lists.flatMap(({ node, routes }) =>
    routes.flatMap(({ remotePort }) => {
      const there = nodeAt.get(remotePort)
      return there === undefined ? [] : [{ from: node, ...there, port: remotePort }]
    }),
  )
}

export function describeBypass({ from, to, via, port }: Bypass): string {
  return `${from} has a ${via} to ${to} at its real port ${port}, around the proxy`
}
