import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Address, formatAddress, resolveListen } from './address.ts'
import { Connection } from './connection.ts'
import { toxicExists, toxicNotFound } from './errors.ts'
import { type Toxic, toxicJson } from './toxic.ts'

export interface ProxySettings {
  /** `host:port`; once started, the address really bound. */
  readonly listen: string
  readonly upstream: string
  readonly enabled: boolean
}

/** A listening address, the upstream behind it, the toxics of both directions and the connections under way. */
export class TcpProxy {
  readonly name: string
  readonly #seed: number
  readonly #toxics: Toxic[] = []
  readonly #connections = new Set<Connection>()
  #listen: string
  #upstream: string
  #server: Server | undefined
  #accepted = 0
  #orders = 0

  constructor(name: string, settings: Pick<ProxySettings, 'listen' | 'upstream'>, seed: number) {
    this.name = name
    this.#listen = settings.listen
    this.#upstream = settings.upstream
    this.#seed = seed
  }

  get settings(): ProxySettings {
    return { listen: this.#listen, upstream: this.#upstream, enabled: this.#server !== undefined }
  }

  /** Upstream toxics first, each direction in the order of its chain. */
  get toxics(): Toxic[] {
    return (['upstream', 'downstream'] as const).flatMap((direction) =>
      this.#toxics.filter((toxic) => toxic.direction === direction),
    )
  }

  /** Toxiproxy's wire shape, its leaked `Logger` included, keys in its order. */
  json() {
    const { listen, upstream, enabled } = this.settings
    return { name: this.name, listen, upstream, enabled, Logger: {}, toxics: this.toxics.map(toxicJson) }
  }

  /** Listens; rejects with Go's error text. Does nothing when already started. */
  async start(): Promise<void> {
    if (this.#server) return
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
    const address = await resolveListen(this.#listen).catch((error: Error) => {
      throw new Error(`listen tcp: ${error.message}`)
    })
    await listen(server, address)
    server.on('error', (error) => console.error(`proxy ${this.name}: ${error.message}`)) // accept: too many open files
    this.#server = server
    this.#listen = boundAddress(server)
  }

  /** Stops listening and closes every connection; resolves when the port is free. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = new Promise((resolve) => server.close(resolve))
    for (const connection of this.#connections) connection.destroy()
    await closed
  }

  /** Another address restarts the proxy and so drops its connections. */
  async update(settings: ProxySettings): Promise<void> {
    if (await this.differs(settings)) {
      await this.stop()
      this.#listen = settings.listen
      this.#upstream = settings.upstream
    }
    await (settings.enabled ? this.start() : this.stop())
  }

  /** Whether it would have to restart for these addresses. */
  async differs({ listen, upstream }: Pick<ProxySettings, 'listen' | 'upstream'>): Promise<boolean> {
    return formatAddress(await resolveListen(listen)) !== this.#listen || upstream !== this.#upstream
  }

  toxic(name: string): Toxic {
    const toxic = this.#toxics.find((candidate) => candidate.name === name)
    if (!toxic) throw toxicNotFound()
    return toxic
  }

  /** Adds it at the end of its direction's chain, on living connections too. */
  addToxic(input: Omit<Toxic, 'order'>): Toxic {
    if (this.#toxics.some(({ name }) => name === input.name)) throw toxicExists()
    const toxic: Toxic = { ...input, order: this.#orders++ }
    this.#toxics.push(toxic)
    for (const connection of this.#connections) connection.apply(toxic)
    return toxic
  }

  updateToxic(toxic: Toxic, changes: Pick<Toxic, 'attributes' | 'toxicity'>): void {
    toxic.attributes = changes.attributes
    toxic.toxicity = changes.toxicity
    for (const connection of this.#connections) connection.apply(toxic)
  }

  removeToxic(toxic: Toxic): void {
    this.#toxics.splice(this.#toxics.indexOf(toxic), 1)
    for (const connection of this.#connections) connection.remove(toxic)
  }

  removeAllToxics(): void {
    for (const toxic of this.toxics) this.removeToxic(toxic)
  }

  #accept(client: Socket): void {
    const connection = new Connection({
      client,
      upstream: this.#upstream,
      key: { seed: this.#seed, proxy: this.name, number: ++this.#accepted },
      toxics: this.#toxics,
      onClosed: (closed) => this.#connections.delete(closed),
    })
    this.#connections.add(connection)
  }
}

async function listen(server: Server, { host, port }: Address): Promise<void> {
  try {
    server.listen({ host, port, backlog: 4096 }) // the kernel caps it at somaxconn, which Go asks for as well
    await once(server, 'listening')
  } catch (error) {
    throw new Error(`listen tcp ${formatAddress({ host, port })}: bind: ${reason(error as NodeJS.ErrnoException)}`)
  }
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'address already in use'
  if (code === 'EADDRNOTAVAIL') return 'cannot assign requested address'
  if (code === 'EACCES') return 'permission denied'
  return message
}

function boundAddress(server: Server): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('not a TCP listener')
  return formatAddress({ host: bound.address, port: bound.port })
}
