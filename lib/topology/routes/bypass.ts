import type { Link } from '../shapes/link.ts'
import { portOf, type RouteList } from './routes.ts'

/** A route, gateway or leafnode connection that goes around its proxy: straight to the server, or through another's proxy. */
export interface Bypass {
  readonly from: string
  readonly to: string
  readonly via: 'route' | 'gateway' | 'leafnode'
  /** The port that was dialled. */
  readonly port: number
  /** Whose proxy is there; undefined where it is the real port. */
  readonly proxyOf?: string
}

/**
 * The connections that go around their proxies: what a node dials must be a proxy of its own, so none may have a real listen
 * port at its other end, nor one of a proxy that another node was to dial: a cut of that one's links would cut this one's, and a
 * cut of its own would not. Clients can't be told apart in this way, because a server sees only ephemeral ports of theirs; they
 * know proxies alone, and servers tell them of no other address (nats-config.ts).
 */
export function findBypasses(lists: readonly RouteList[], links: readonly Link[]): Bypass[] {
  const nodeAt = new Map<number, Pick<Bypass, 'to' | 'via'>>()
  const proxyAt = new Map<number, Pick<Bypass, 'to' | 'via'> & { readonly proxyOf: string }>()
  for (const { route, listen, upstream, via = 'route' } of links) {
    if (!route) continue
    nodeAt.set(portOf(upstream), { to: route.to, via })
    proxyAt.set(portOf(listen), { to: route.to, via, proxyOf: route.from })
  }
  return lists.flatMap(({ node, routes }) =>
    routes.flatMap(({ remotePort: port }): Bypass[] => {
      const there = nodeAt.get(port)
      if (there) return [{ from: node, ...there, port }]
      const through = proxyAt.get(port)
      return through === undefined || through.proxyOf === node ? [] : [{ from: node, ...through, port }]
    }),
  )
}

export function describeBypass({ from, to, via, port, proxyOf }: Bypass): string {
  if (proxyOf !== undefined) return `${from} has a ${via} to ${to} through the proxy of ${proxyOf}, not its own`
  return `${from} has a ${via} to ${to} at its real port ${port}, around the proxy`
}
