import type { NatsFeatures } from '../../binaries/index.ts'
import { untoldAddress } from './untold-address.ts'

export interface NatsPorts {
  readonly client: number
  readonly monitor: number
  /** Where other nodes dial it. */
  readonly cluster: number
  /** Where other regions dial it, by gateway or as leafnodes. */
  readonly region: number
}

export interface RoutesConfig {
  /** `host:port` of the proxies that lead to the other nodes. Exactly one for each: extra ones count as expected peers. */
  readonly dial: readonly string[]
  /** Whether the other nodes are kept from learning real addresses and dialling them, past the proxies. */
  readonly protect: boolean
  /** Name of the cluster. */
  readonly cluster?: string | undefined
}

/** How a node is joined to other regions. Addresses are `host:port` of proxies. */
export type RegionConfig =
  | {
      readonly via: 'gateways'
      readonly name: string
      readonly protect: boolean
      readonly remotes: readonly { readonly name: string; readonly dial: readonly string[] }[]
      readonly mappings?: SubjectMappings | undefined
    }
  | {
      readonly via: 'leafnodes'
      /** Region, and JetStream domain. */
      readonly name: string
      readonly protect: boolean
      /** The hub's nodes; empty on the hub itself, which is dialled. */
      readonly dial: readonly string[]
      readonly mappings?: SubjectMappings | undefined
      /** The hub's. */
      readonly hubMappings?: SubjectMappings | undefined
    }

/** Subject by the pattern that is mapped to it. */
type SubjectMappings = Readonly<Record<string, string>>

export interface NatsConfig {
  readonly name: string
  /** The address that it listens on; loopback when left out. */
  readonly host?: string
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
  /** Of a node of a region. */
  readonly region?: RegionConfig | undefined
}

/** nats-server's configuration file, with nothing in it that the version does not know. */
export function natsConfig(config: NatsConfig, features: NatsFeatures): string {
  const { name, host = '127.0.0.1', ports, storeDir, portsDir, syncInterval, maxPayload, routes, region } = config
  const lines = [
    `server_name: ${quoted(name)}`,
    `listen: "${host}:${ports.client}"`,
    `http: "${host}:${ports.monitor}"`,
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
    ...(region?.via === 'leafnodes' ? [`  domain: ${quoted(region.name)}`] : []),
    '}',
    ...mappingsBlock(region?.mappings),
    ...(routes ? clusterBlock(`${host}:${ports.cluster}`, routes, features) : []),
    ...(region ? regionBlock(`${host}:${ports.region}`, region, features) : []),
  ]
  return `${lines.join('\n')}\n`
}

/** Of the account that clients are in who don't say who they are. */
function mappingsBlock(mappings: SubjectMappings = {}): string[] {
  const lines = Object.entries(mappings).map(([from, to]) => `  ${quoted(from)}: ${quoted(to)}`)
  return lines.length > 0 ? ['mappings {', ...lines, '}'] : []
}

function clusterBlock(
  address: string,
  { dial, protect, cluster = 'squall' }: RoutesConfig,
  features: NatsFeatures,
): string[] {
  return [
    'cluster {',
    `  name: ${quoted(cluster)}`,
    `  listen: "${address}"`,
    // Servers gossip where each listens, and dial it. There is one such address for all, so no proxy's would do.
    ...(protect ? ['  no_advertise: true', '  advertise: "127.0.0.1:1"'] : []),
    `  routes: [${dial.map((address) => quoted(`nats-route://${address}`)).join(', ')}]`,
    // One connection for each pair, as before there were pools: a link is then one thing, up or down.
    ...(features.poolSize ? ['  pool_size: -1'] : []),
    ...(features.clusterPingInterval ? ['  ping_interval: "2s"', '  ping_max: 2'] : []),
    '}',
  ]
}

/**
 * A gateway or a leafnode that learned a real address would dial it, past the proxies, as soon as it has to dial again. Gateways
 * also tell each other where they dial third ones, their own proxies that is: at addresses that can't be read when they are passed
 * on. And each asks for a user that is named after it: whoever dials an address that it learned all the same gives its own instead
 * (that is what nats-server does), is refused, and dials another.
 */
function regionBlock(address: string, region: RegionConfig, features: NatsFeatures): string[] {
  const listen = `  listen: "${address}"`
  const advertise = region.protect ? ['  advertise: "127.0.0.1:1"'] : []
  const urls = (dial: readonly string[], scheme: string) =>
    `urls: [${dial.map((address) => quoted(`${scheme}://${address}`)).join(', ')}]`
  if (region.via === 'gateways') {
    const remotes = region.remotes.map(({ name, dial }) => {
      const told = features.mappedAddresses ? untoldAddress : String
      const addresses = dial.map((address) => (region.protect ? `${name}:${name}@${told(address)}` : address))
      return `    { name: ${quoted(name)}, ${urls(addresses, 'nats')} }`
    })
    // The region's name is its cluster's.
    return [
      'gateway {',
      `  name: ${quoted(region.name)}`,
      listen,
      ...advertise,
      ...(region.protect ? [`  authorization { user: ${quoted(region.name)}, password: ${quoted(region.name)} }`] : []),
      '  gateways: [',
      ...remotes,
      '  ]',
      '}',
    ]
  }
  if (region.dial.length === 0) return ['leafnodes {', listen, ...advertise, '}']
  const remote = [urls(region.dial, 'nats-leaf'), ...denials(region)]
  const reconnect = features.leafReconnectDuration ? '"1s"' : '1'
  return ['leafnodes {', `  reconnect: ${reconnect}`, `  remotes: [{ ${remote.join(', ')} }]`, '}']
}

/**
 * A server maps what comes over a leafnode as it maps what its clients publish, and asks for it: a message would be mapped once
 * in each region that it gets to, and be stored in each. So what a region maps does not come in from outside, as with gateways,
 * which map nothing.
 */
function denials({ mappings = {}, hubMappings = {} }: Extract<RegionConfig, { via: 'leafnodes' }>): string[] {
  const list = (key: string, patterns: readonly string[]) =>
    patterns.length > 0 ? [`${key}: [${patterns.map(quoted).join(', ')}]`] : []
  return [...list('deny_imports', Object.keys(mappings)), ...list('deny_exports', Object.keys(hubMappings))]
}

/** The fsync policy in force, for the report: it decides what a power loss would cost. */
export function effectiveSyncInterval(syncInterval: string | undefined, features: NatsFeatures): string {
  if (!features.syncInterval) return 'unknown'
  return syncInterval ?? '2m (default)'
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
