import { readFileSync } from 'node:fs'
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from 'nats'
import { now } from '../measure/index.ts'
import type { ExternalAuth } from '../topology/index.ts'
import type { ClientEvent } from './protocol.ts'

/**
 * Never gives up and comes back quickly, notices a silent peer in seconds instead of minutes, and ignores the addresses
 * that servers gossip: following those would go around the proxies (research on nats.js 2.29 and 3.4).
 */
const options: ConnectionOptions = {
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 50,
  pingInterval: 2_000,
  maxPingOut: 2,
  timeout: 5_000,
  ignoreClusterUpdates: true,
  noAsyncTraces: true,
}

/** What the NATS client is told for a cluster that asks who one is. */
export function authOptions({ credentials, ...auth }: ExternalAuth = {}): ConnectionOptions {
  return { ...auth, ...(credentials !== undefined && { authenticator: credsAuthenticator(readFileSync(credentials)) }) }
}

/** A connection whose ups and downs are known. */
export class Client {
  readonly name: string
  readonly nats: NatsConnection
  readonly #report: (event: ClientEvent) => void
  #connected = true
  #closing = false
  onDisconnect: (() => void) | undefined

  private constructor(name: string, nats: NatsConnection, report: (event: ClientEvent) => void) {
    this.name = name
    this.nats = nats
    this.#report = report
    void this.#watch()
  }

  static async connect(
    name: string,
    urls: readonly string[],
    report: (event: ClientEvent) => void,
    auth?: ExternalAuth,
  ): Promise<Client> {
    const nats = await connect({ ...options, ...authOptions(auth), servers: [...urls], name: `squall ${name}` })
    return new Client(name, nats, report)
  }

  get connected(): boolean {
    return this.#connected
  }

  /** Says which server it is on. */
  reportServer(at: number): void {
    if (this.#connected) this.#tell('connect', at)
  }

  /** Ends the connection at once, whatever its state. */
  async close(): Promise<void> {
    this.#closing = true
    await this.nats.close().catch(() => {})
  }

  async #watch(): Promise<void> {
    for await (const { type, data } of this.nats.status()) {
      if (this.#closing) return
      if (type === 'disconnect') {
        this.#connected = false
        this.#tell('disconnect')
        this.onDisconnect?.()
      } else if (type === 'reconnect') {
        this.#connected = true
        this.#tell('reconnect')
      } else if (type === 'error') {
        this.#report({ at: now(), kind: 'error', client: this.name, detail: String(data) })
      }
    }
  }

  /** With the server that it is on now, or was on until now. */
  #tell(kind: 'connect' | 'disconnect' | 'reconnect', at = now()): void {
    const server = this.nats.info?.server_name
    this.#report({ at, kind, client: this.name, ...(server !== undefined && { detail: server }) })
  }
}
