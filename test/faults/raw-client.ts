import type { Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import { dial, until } from '../topology/support.ts'

/** A connection that speaks NATS's text protocol and shows how bytes and ends arrive. */
export class RawClient {
  readonly socket: Socket
  text = ''
  /** How the connection was lost: `fin`, or the error's code. */
  lost: string | undefined
  lostAt = Number.NaN

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.text += chunk
    })
    socket.on('end', () => this.#lose('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#lose(error.code ?? error.message))
  }

  #lose(how: string): void {
    this.lost ??= how
    this.lostAt = performance.now()
  }

  /** Only dials: what comes or does not come is the test's. */
  static open(t: ExecutionContext, address: string): RawClient {
    const client = new RawClient(dial(address))
    t.teardown(() => void client.socket.destroy())
    return client
  }

  /** Dials, and waits until the server takes commands. */
  static async connect(t: ExecutionContext, address: string): Promise<RawClient> {
    const client = RawClient.open(t, address)
    client.socket.write('CONNECT {"verbose":false}\r\n')
    await client.ping()
    return client
  }

  /** Resolves with the round trip's milliseconds. */
  async ping(): Promise<number> {
    const start = performance.now()
    const before = this.pongs
    this.socket.write('PING\r\n')
    await until(() => this.pongs > before)
    return performance.now() - start
  }

  get pongs(): number {
    return this.text.split('PONG\r\n').length - 1
  }

  /** Publishes `size` bytes to itself; resolves with the milliseconds until they were all back. */
  async echo(size: number): Promise<number> {
    const start = performance.now()
    const end = 'the end\r\n'
    this.socket.write(`SUB echo 1\r\nPUB echo ${size}\r\n${'x'.repeat(size - end.length + 2)}${end}`)
    await until(() => this.text.includes(end))
    return performance.now() - start
  }

  isLost(): Promise<void> {
    return until(() => this.lost !== undefined)
  }
}
