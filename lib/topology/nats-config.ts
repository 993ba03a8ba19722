import type { NatsFeatures } from '../binaries/index.ts'

export interface NatsPorts {
  readonly client: number
  readonly monitor: number
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
}

/** nats-server's configuration file: loopback only, and nothing in it that the version does not know. */
export function natsConfig(config: NatsConfig, features: NatsFeatures): string {
  const { name, ports, storeDir, portsDir, syncInterval, maxPayload } = config
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
    ...(maxPayload === undefined ? [] : [`max_payload: ${maxPayload}`]),
    'jetstream {',
    `  store_dir: ${quoted(storeDir)}`,
    ...(syncInterval === undefined || !features.syncInterval ? [] : [`  sync_interval: ${quoted(syncInterval)}`]),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

/** The fsync policy in force, for the report: it decides what a power loss would cost. */
export function effectiveSyncInterval(syncInterval: string | undefined, features: NatsFeatures): string {
  if (!features.syncInterval) return 'unknown'
  return syncInterval ?? '2m (default)'
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
