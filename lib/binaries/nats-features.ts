import { compareVersions } from './version.ts'

/**
 * What a nats-server understands. An option it does not know keeps it from starting, so configs and queries are made
 * from this and never from the pinned version.
 */
export interface NatsFeatures {
  /** `jetstream.sync_interval`: fsync policy. Before it: every 2 minutes, fixed. */
  readonly syncInterval: boolean
  /** `subject_transforms` of a stream's mirror and sources: before it, ignored. */
  readonly subjectTransforms: boolean
  /** `cluster.pool_size`: several TCP connections per route. Before it: one. */
  readonly poolSize: boolean
  /** `cluster.ping_interval`: how soon a stalled route is noticed. */
  readonly clusterPingInterval: boolean
  /** `cluster.connect_backoff`: on by request only; delays route reconnects by up to 30 s. */
  readonly connectBackoff: boolean
  /** `leafnodes.reconnect` as a duration. Before it: whole seconds, and a text keeps the server from starting. */
  readonly leafReconnectDuration: boolean
  /** `leafnodes.remotes[].ignore_discovered_servers`: keeps a leafnode from going around its proxy. */
  readonly leafIgnoreDiscoveredServers: boolean
  /**
   * URLs with an IPv4 address in the form of IPv6: not in the releases that were built with a Go that refuses them
   * (golang/go#75815: 1.24.8 and .9, 1.25.2 and .3).
   */
  readonly mappedAddresses: boolean
  /** `/healthz?account=…&stream=…`. */
  readonly healthzStream: boolean
  readonly raftz: boolean
  /** `leader_since` in stream and consumer info. */
  readonly leaderSince: boolean
  /** JetStream API level; 0 before levels existed. */
  readonly apiLevel: number
}

/** Features of a nats-server by the version it prints; of 2.9, the oldest supported, when that can't be read. */
export function natsFeatures(version: string): NatsFeatures {
  const since = (release: string) => compareVersions(version, release) >= 0
  return {
    syncInterval: since('2.10.0'),
    subjectTransforms: since('2.10.0'),
    poolSize: since('2.10.0'),
    clusterPingInterval: since('2.10.0'),
    connectBackoff: since('2.12.0'),
    leafReconnectDuration: since('2.10.0'),
    leafIgnoreDiscoveredServers: since('2.14.0'),
    mappedAddresses: !['2.11.10', '2.12.1'].some((release) => compareVersions(version, release) === 0),
    healthzStream: since('2.10.0'),
    raftz: since('2.10.18'),
    leaderSince: since('2.11.10'),
    apiLevel: apiLevels.find(([release]) => since(release))?.[1] ?? 0,
  }
}

/** Newest first; `JSApiLevel` in the server's jetstream_versioning.go. */
const apiLevels = [
  ['2.15.0', 5],
  ['2.14.0', 4],
  ['2.12.0', 2],
  ['2.11.0', 1],
] as const
