import { readMonitor, readMonitorText } from '../monitor.ts'
import type { Link, RoutePair } from '../shapes/link.ts'
import type { ServerNode } from '../topology.ts'

/** The connections to other nodes that a server lists, from its `/routez`. */
export interface RouteList {
  readonly node: string
  /** Changes with each start. */
  readonly serverId: string
  readonly routes: readonly RouteConnection[]
}

export interface RouteConnection {
  /** Of a leafnode, which tells its name from 2.10 on, or nothing at all, there is none. */
  readonly remoteId?: string
  readonly remoteName?: string
  /** Of a gateway: to where it leads. */
  readonly region?: string
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

/** How regions are joined. */
export type RegionVia = 'gateways' | 'leafnodes'

interface Gatewayz {
  readonly outbound_gateways?: Readonly<Record<string, GatewayConnection>> | null
  readonly inbound_gateways?: Readonly<Record<string, readonly GatewayConnection[]>> | null
}

interface GatewayConnection {
  /** Its `name` is the id of the server at the other end. */
  readonly connection?: { readonly name: string; readonly port: number }
}

interface Leafz {
  readonly leafs?: readonly { readonly name?: string; readonly port: number }[] | null
}

/**
 * Its routes, and its gateway or leafnode connections where regions are joined by such.
 * @throws when there is no answer within the deadline.
 */
export async function readRoutes(
  { name, monitor }: ServerNode,
  deadlineMs: number,
  via?: RegionVia,
): Promise<RouteList> {
  const [{ server_id, routes }, regional] = await Promise.all([
    readMonitor<Routez>(monitor, 'routez', deadlineMs),
    via === undefined ? [] : readMonitorText(monitor, regionPaths[via], deadlineMs).then(readRegional(via)),
  ])
  return {
    node: name,
    serverId: server_id,
    routes: [...(routes ?? []).map(({ remote_id, port }) => ({ remoteId: remote_id, remotePort: port })), ...regional],
  }
}

/** Where a server tells of its connections to other regions. */
export const regionPaths: Readonly<Record<RegionVia, string>> = { gateways: 'gatewayz', leafnodes: 'leafz' }

/** The connections to other regions in the answer to {@link regionPaths}. */
export function readRegional(via: RegionVia): (answer: string) => RouteConnection[] {
  return (answer) => (via === 'gateways' ? gatewaysIn : leafnodesIn)(JSON.parse(answer))
}

function gatewaysIn({ outbound_gateways, inbound_gateways }: Gatewayz): RouteConnection[] {
  const all = [
    ...Object.entries(outbound_gateways ?? {}),
    ...Object.entries(inbound_gateways ?? {}).flatMap(([region, list]) => list.map((one) => [region, one] as const)),
  ]
  return all.flatMap(([region, { connection }]) =>
    connection ? [{ remoteId: connection.name, region, remotePort: connection.port }] : [],
  )
}

function leafnodesIn({ leafs }: Leafz): RouteConnection[] {
  return (leafs ?? []).map(({ name, port }) => ({ ...(name && { remoteName: name }), remotePort: port }))
}

/** Is this, by all that it tells, a connection to that node? */
function leadsTo({ remoteId, remoteName }: RouteConnection, { serverId, node }: RouteList): boolean {
  if (remoteId !== undefined) return remoteId === serverId
  return remoteName === undefined || remoteName === node
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
  return list.routes.some((connection) => leadsTo(connection, to))
}

function hasDialled(from: RouteList, to: RouteList, links: readonly Link[]): boolean {
  const link = links.find(({ route }) => route?.from === from.node && route.to === to.node)
  if (!link) return false
  const dialled = [link.listen, link.upstream].map(portOf)
  return from.routes.some((connection) => leadsTo(connection, to) && dialled.includes(connection.remotePort))
}

/** Of `host:port`. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1))
}
