import type { LinkPlan } from '../shapes/link.ts'

/** Where the servers of a topology stand: how they are started there, and by which addresses they are reached. */
export interface Ground {
  /** Goes before the command of a node's server. */
  commandFor(node: string): readonly string[]
  /** What servers listen on. */
  readonly listens: string
  /** Of a node, for whoever is on this machine: clients, monitoring, and the other nodes' proxies. */
  addressOf(node: string): string
  /** Where the proxy of a link listens, so that whoever dials the link reaches it. */
  proxyOf(link: LinkPlan): string
  /** Where the proxy of a link finds the link's server. */
  upstreamOf(link: LinkPlan): string
}

/** All of them on this machine's loopback. */
export const loopback: Ground = {
  commandFor: () => [],
  listens: '127.0.0.1',
  addressOf: () => '127.0.0.1',
  proxyOf: () => '127.0.0.1',
  upstreamOf: () => '127.0.0.1',
}
