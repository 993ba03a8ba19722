import { connect, Socket } from 'node:net'
import { type Address, parseAddress } from './address.ts'
import { Link } from './link.ts'
import type { ConnectionKey, Direction, Toxic } from './toxic.ts'
import type { Ending } from './toxics/index.ts'

export interface ConnectionOptions {
  /** The accepted socket: half-open allowed, not read yet. */
  readonly client: Socket
  /** `host:port` to dial. */
  readonly upstream: string
  readonly key: ConnectionKey
  /** The proxy's toxics in the order of the chain, read when the upstream answers. */
  readonly toxics: Iterable<Toxic>
  readonly onClosed: (connection: Connection) => void
}

/** A client's connection and the one that is dialled to the upstream for it. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #links: Readonly<Record<Direction, Link>>
  #linked = false
  /** Both sockets are being closed on purpose: their `close` says nothing new. */
  #closing = false
  #openSockets = 2

  constructor(options: ConnectionOptions) {
    const client = options.client
    const upstream = dial(options.upstream)
    this.#options = options
    this.#client = client
    this.#upstream = upstream
    this.#links = {
      upstream: new Link(client, upstream, options.key, (how) => this.#finish('upstream', how)),
      downstream: new Link(upstream, client, options.key, (how) => this.#finish('downstream', how)),
    }
    for (const socket of [client, upstream]) {
      socket.on('error', () => {}) // `close` follows and is enough
      socket.once('close', this.#socketClosed)
    }
    upstream.once('connect', this.#link)
  }

  /** Brings a new or patched toxic to bear. */
  apply(toxic: Toxic): void {
    if (this.#linked) this.#links[toxic.direction].apply(toxic)
  }

  remove(toxic: Toxic): void {
    this.#links[toxic.direction].remove(toxic)
  }

  /** Closes both sockets now, whatever is in flight. */
  destroy(): void {
    this.#closing = true
    this.#client.destroy()
    this.#upstream.destroy()
  }

  readonly #link = (): void => {
    if (this.#closing) return
    this.#linked = true
    for (const toxic of this.#options.toxics) this.apply(toxic)
    this.#links.upstream.open()
    this.#links.downstream.open()
  }

  /** The end of a direction came through its chain. */
  #finish(direction: Direction, how: Ending): void {
    const { source, sink } = this.#links[direction]
    if (how === 'fin') {
      sink.end()
    } else if (how === 'close') {
      sink.destroySoon()
      if (this.#closing) return
      this.#closing = true
      this.#links[direction === 'upstream' ? 'downstream' : 'upstream'].close()
    } else if (!this.#closing) {
      this.#closing = true
      for (const socket of [sink, source]) if (!socket.destroyed) socket.resetAndDestroy()
    }
  }

  readonly #socketClosed = (): void => {
    // Before that, no link carries the news from one side to the other.
    if (!this.#linked) this.destroy()
    if (--this.#openSockets > 0) return
    this.#links.upstream.dispose()
    this.#links.downstream.dispose()
    this.#options.onClosed(this)
  }
}

/** An address that can't be parsed fails as one that can't be reached: the socket closes. */
function dial(upstream: string): Socket {
  let address: Address
  try {
    address = parseAddress(upstream)
  } catch {
    return new Socket().destroy()
  }
  return connect({ host: address.host || '127.0.0.1', port: address.port, allowHalfOpen: true, noDelay: true })
}
