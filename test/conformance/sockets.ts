import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import { type Engine, ownHost } from './engines.ts'

export type How = 'fin' | 'reset'

/** One end of a connection: what it received and how that ended. */
export class Peer {
  readonly socket: Socket
  /** The first sign of the other side's end, and when. */
  readonly ended: Promise<{ readonly how: How; readonly at: number }>
  /** Both directions are over. */
  readonly closed: Promise<unknown>
  readonly arrivals: { readonly at: number; readonly length: number }[] = []
  readonly #chunks: Buffer[] = []
  readonly #waiting = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.arrivals.push({ at: performance.now(), length: chunk.length })
      for (const check of this.#waiting) check()
    })
    this.ended = new Promise((resolve) => {
      socket.on('end', () => resolve({ how: 'fin', at: performance.now() }))
      socket.on('error', () => resolve({ how: 'reset', at: performance.now() }))
    })
    this.closed = new Promise((resolve) => socket.on('close', resolve))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get size(): number {
    return this.arrivals.reduce((sum, { length }) => sum + length, 0)
  }

  /** Resolves with the time at which `size` bytes had come in all. */
  received(size: number): Promise<number> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.size < size) return
        this.#waiting.delete(check)
        resolve(this.arrivals.at(-1)?.at ?? performance.now())
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** Writes and returns the time just before. */
  send(data: string | Buffer): number {
    const at = performance.now()
    this.socket.write(data)
    return at
  }
}

/** An upstream whose connections are handed out in order. */
export async function upstreamServer(t: ExecutionContext, onPeer: (peer: Peer) => void = () => {}) {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    onPeer(new Peer(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP port')
  return { address: `127.0.0.1:${address.port}` }
}

/** An address that refuses connections and that nobody can begin to listen on: a client's end has it. */
export async function refusingAddress(t: ExecutionContext): Promise<string> {
  const { address } = await upstreamServer(t)
  const { socket } = await connectTo(t, address)
  return `127.0.0.1:${socket.localPort}`
}

let names = 0

export interface Rig {
  readonly name: string
  /** The proxy's `host:port`. */
  readonly listen: string
  /** A client connected through the proxy and the upstream's end of that connection. */
  connect(): Promise<{ readonly client: Peer; readonly server: Peer }>
  /** Adds a toxic and returns its path. */
  toxic(type: string, attributes: object, more?: object): Promise<string>
}

/** A proxy in front of an upstream of its own. */
export async function rig(t: ExecutionContext, engine: Engine): Promise<Rig> {
  const peers: Peer[] = []
  let arrived = () => {}
  const upstream = await upstreamServer(t, (peer) => {
    peers.push(peer)
    arrived()
  })
  const name = `rig-${++names}`
  const created = await engine.call('POST', '/proxies', { name, listen: `${ownHost}:0`, upstream: upstream.address })
  if (created.status !== 201) throw new Error(created.text)
  t.teardown(async () => void (await engine.call('DELETE', `/proxies/${name}`)))
  const listen: string = created.json.listen

  return {
    name,
    listen,
    async connect() {
      const client = await connectTo(t, listen)
      while (peers.length === 0) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
      return { client, server: peers.shift() as Peer }
    },
    async toxic(type, attributes, more = {}) {
      const added = await engine.call('POST', `/proxies/${name}/toxics`, { type, attributes, ...more })
      if (added.status !== 200) throw new Error(added.text)
      return `/proxies/${name}/toxics/${added.json.name}`
    },
  }
}

/** A client socket; rejects when the connection is refused. */
export async function connectTo(t: ExecutionContext, listen: string): Promise<Peer> {
  const [host = '', port] = listen.split(':')
  const socket = connect({ host, port: Number(port), allowHalfOpen: true })
  t.teardown(() => void socket.destroy())
  await once(socket, 'connect')
  return new Peer(socket)
}

/**
 * Resolves when the other side has taken the connection out of its listener's queue: one that it has not is reset, and not
 * ended, when the listener closes. Elsewhere than on Linux that can't be seen.
 */
export async function accepted({ socket: { localPort, remotePort } }: Peer): Promise<void> {
  if (process.platform !== 'linux') return
  const hex = (port = 0) => port.toString(16).toUpperCase().padStart(4, '0')
  // Its local and its remote address, and the inode, which it has from then on.
  const row = new RegExp(`^ *\\d+: \\w+:${hex(remotePort)} \\w+:${hex(localPort)} (?:\\S+ +){6}[1-9]`, 'm')
  while (!row.test(await readFile('/proc/net/tcp', 'utf8'))) await within(10, new Promise(() => {}))
}

/**
 * Returns what resolves when some messages have gone through the engine one after the other, on a connection of their own:
 * then all has come that was sent before and that nothing holds up, however long the engine or this process stood still.
 */
export async function roundTrips(t: ExecutionContext, engine: Engine): Promise<() => Promise<void>> {
  const { client, server } = await (await rig(t, engine)).connect()
  return async () => {
    for (let round = 0; round < 5; round++) {
      client.send('x')
      await server.received(server.size + 1)
    }
  }
}

/** For what must not happen: resolves after `milliseconds`, `'late'`, or with what came first. */
export function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'late')
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
