import { readFileSync } from 'node:fs'
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from 'nats'
import { messageOf, UserError } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import type { ExternalAuth } from '../../topology/index.ts'
import type { ClientEvent } from '../protocol.ts'

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

/**
 * What the NATS client is told for a cluster that asks who one is.
 * @throws UserError when the credentials can't be read.
 */
export function authOptions({ credentials, ...auth }: ExternalAuth = {}): ConnectionOptions {
  return {
    ...auth,
    ...(credentials !== undefined && { authenticator: credsAuthenticator(readCredentials(credentials)) }),
  }
}

function readCredentials(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`credentials of external() could not be read: ${messageOf(error)}`, { cause: error })
  }
}

export interface ClientOptions {
  readonly auth?: ExternalAuth | undefined
  /** The region that it is of, when it may be connected to others; then its URLs are tried in their order. */
  readonly home?: string | undefined
}

/** A connection whose ups and downs are known. */
export class Client {
  readonly name: string
  readonly nats: NatsConnection
  readonly #report: (event: ClientEvent) => void
  readonly #home: string | undefined
  #awayIn: string | undefined
  #connected = true
  #closing = false
  onDisconnect: (() => void) | undefined

  private constructor(
    name: string,
    nats: NatsConnection,
    report: (event: ClientEvent) => void,
    home: string | undefined,
  ) {
    this.name = name
    this.nats = nats
    this.#report = report
    this.#home = home
    this.#noteRegion()
    void this.#watch()
  }

  static async connect(
    name: string,
    urls: readonly string[],
    report: (event: ClientEvent) => void,
    { auth, home }: ClientOptions = {},
  ): Promise<Client> {
    const nats = await connect({
      ...options,
      ...authOptions(auth),
      servers: [...urls],
      noRandomize: home !== undefined,
      name: `squall ${name}`,
    })
    return new Client(name, nats, report, home)
  }

  /** The region that it is connected to when that is not its own. */
  get awayIn(): string | undefined {
    return this.#awayIn
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
        this.#noteRegion()
        this.#tell('reconnect')
      } else if (type === 'error') {
        this.#report({ at: now(), kind: 'error', client: this.name, detail: String(data) })
      }
    }
  }

  /** Servers are named after their region, with a number. */
  #noteRegion(): void {
    const region = this.nats.info?.server_name?.replace(/\d+$/, '')
    this.#awayIn = this.#home === undefined || region === this.#home ? undefined : region
  }

  /** With the server that it is on now, or was on until now. */
  #tell(kind: 'connect' | 'disconnect' | 'reconnect', at = now()): void {
    const server = this.nats.info?.server_name
    this.#report({ at, kind, client: this.name, ...(server !== undefined && { detail: server }) })
  }
}
