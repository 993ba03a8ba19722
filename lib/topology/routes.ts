import type { Link, RoutePair } from './link.ts'
import { readMonitor } from './monitor.ts'
import type { ServerNode } from './topology.ts'

/** The connections to other nodes that a server lists, from its `/routez`. */
export interface RouteList {
  readonly node: string
  /** Changes with each start. */
  readonly serverId: string
  readonly routes: readonly RouteConnection[]
}

export interface RouteConnection {
  readonly remoteId: string
  /**
   * The other end of its TCP connection: for the node that dialled what it dialled, for the other one a port of the
   * dialler's system. Newer servers have flags for this; 2.9 sets them on both ends.
   */
  readonly remotePort: number
}

interface Routez {
  readonly server_id: string
  readonly routes?: readonly { readonly remote_id: string; readonly port: number }[] | null
}

/** @throws when there is no answer within the deadline. */
export async function readRoutes({ name, monitor }: ServerNode, deadlineMs: number): Promise<RouteList> {
  const { server_id, routes } = await readMonitor<Routez>(monitor, 'routez', deadlineMs)
  return {
    node: name,
    serverId: server_id,
    routes: (routes ?? []).map(({ remote_id, port }) => ({ remoteId: remote_id, remotePort: port })),
  }
}

/** The routes that both their ends list, as who dialled whom. `lists` are of all nodes that answered. */
export function routesUp(lists: readonly RouteList[], links: readonly Link[]): RoutePair[] {
  return lists.flatMap((from) =>
    lists
      .filter((to) => from !== to && hasRoute(to, from) && hasDialled(from, to, links))
      .map((to) => ({ from: from.node, to: to.node })),
  )
}

function hasRoute(list: RouteList, to: RouteList): boolean {
  return list.routes.some(({ remoteId }) => remoteId === to.serverId)
}

function hasDialled(from: RouteList, to: RouteList, links: readonly Link[]): boolean {
  const link = links.find(({ route }) => route?.from === from.node && route.to === to.node)
  if (!link) return false
  const dialled = [link.listen, link.upstream].map(portOf)
  return from.routes.some(({ remoteId, remotePort }) => remoteId === to.serverId && dialled.includes(remotePort))
}

/** Of `host:port`. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1))
}
