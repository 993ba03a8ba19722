import type { NatsFeatures } from '../binaries/index.ts'

export interface NatsPorts {
  readonly client: number
  readonly monitor: number
  /** Where other nodes dial it. */
  readonly cluster: number
}

export interface RoutesConfig {
  /** `host:port` of the proxies that lead to the other nodes. Exactly one for each: extra ones count as expected peers. */
  readonly dial: readonly string[]
  /** Whether the other nodes are kept from learning real addresses and dialling them, past the proxies. */
  readonly protect: boolean
}

export interface NatsConfig {
  readonly name: string
  readonly ports: NatsPorts
  readonly storeDir: string
  /** The server writes a file into this folder once it listens. */
  readonly portsDir: string
  /** As nats-server writes it: `100ms`, `always`. */
  readonly syncInterval?: string | undefined
  /** Bytes. */
  readonly maxPayload?: number | undefined
  /** Of a node of a cluster. */
  readonly routes?: RoutesConfig | undefined
}

/** nats-server's configuration file: loopback only, and nothing in it that the version does not know. */
export function natsConfig(config: NatsConfig, features: NatsFeatures): string {
  const { name, ports, storeDir, portsDir, syncInterval, maxPayload, routes } = config
  const lines = [
    `server_name: ${quoted(name)}`,
    `listen: "127.0.0.1:${ports.client}"`,
    `http: "127.0.0.1:${ports.monitor}"`,
    `ports_file_dir: ${quoted(portsDir)}`,
    // A client that asks is told an address that leads nowhere: nobody learns of a way around the proxies.
    'client_advertise: "127.0.0.1:1"',
    // Default two minutes: a stalled client would be noticed long after the fault.
    'ping_interval: "2s"',
    'ping_max: 2',
    // The shortest that is allowed, and then one client a second at most is sent away.
    'lame_duck_duration: "30s"',
    'lame_duck_grace_period: "1s"',
    ...(maxPayload === undefined ? [] : [`max_payload: ${maxPayload}`]),
    'jetstream {',
    `  store_dir: ${quoted(storeDir)}`,
    ...(syncInterval === undefined || !features.syncInterval ? [] : [`  sync_interval: ${quoted(syncInterval)}`]),
    '}',
    ...(routes ? clusterBlock(ports.cluster, routes, features) : []),
  ]
  return `${lines.join('\n')}\n`
}

function clusterBlock(port: number, { dial, protect }: RoutesConfig, features: NatsFeatures): string[] {
  return [
    'cluster {',
    '  name: "squall"',
    `  listen: "127.0.0.1:${port}"`,
    // Servers gossip where each listens, and dial it. There is one such address for all, so no proxy's would do.
    ...(protect ? ['  no_advertise: true', '  advertise: "127.0.0.1:1"'] : []),
    `  routes: [${dial.map((address) => quoted(`nats-route://${address}`)).join(', ')}]`,
    // One connection for each pair, as before there were pools: a link is then one thing, up or down.
    ...(features.poolSize ? ['  pool_size: -1'] : []),
    ...(features.clusterPingInterval ? ['  ping_interval: "2s"', '  ping_max: 2'] : []),
    '}',
  ]
}

/** The fsync policy in force, for the report: it decides what a power loss would cost. */
export function effectiveSyncInterval(syncInterval: string | undefined, features: NatsFeatures): string {
  if (!features.syncInterval) return 'unknown'
  return syncInterval ?? '2m (default)'
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
