import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Below the ranges that systems take ports for outgoing connections from (Linux from 32768, macOS from 49152). A port of
 * those can be lost while its listener is down, even to a client that dials it and is given it as its own end, which
 * then talks to itself.
 */
const lowest = 20_000
const end = 32_768
const blockSize = 128
/** With fewer left, the next block is claimed. */
const spare = 64

/**
 * Ports that no other run on this machine gets: a server that is killed must find its own free when it is started again.
 * They are claimed in blocks, by listening on the first of each, which ends with the process, however that ends.
 */
export class PortBlocks {
  readonly #holders: Server[] = []
  readonly #left: number[] = []
  readonly #lowest: number
  readonly #end: number
  #claiming: Promise<void> | undefined

  /** From `lowest` on, below `end`. */
  constructor(range = { lowest, end }) {
    this.#lowest = range.lowest
    this.#end = range.end
  }

  /** Resolves when there are some to give. Where all are claimed it does so too, and they are given at random. */
  async claim(): Promise<void> {
    if (this.#left.length >= spare) return
    this.#claiming ??= this.#claimBlock().finally(() => {
      this.#claiming = undefined
    })
    await this.#claiming
  }

  /** Each is given once: whoever listens finds out whether some stranger has it, and asks for another one if so. */
  next(): number {
    const port = this.#left.shift()
    if (this.#left.length < spare && this.#holders.length > 0) void this.claim()
    return port ?? randomInt(this.#lowest, this.#end)
  }

  release(): void {
    for (const holder of this.#holders.splice(0)) holder.close()
    this.#left.length = 0
  }

  async #claimBlock(): Promise<void> {
    const count = Math.floor((this.#end - this.#lowest) / blockSize)
    const from = randomInt(count)
    for (let index = 0; index < count; index += 1) {
      const first = this.#lowest + ((from + index) % count) * blockSize
      const holder = await hold(first)
      if (!holder) continue
      this.#holders.push(holder)
      for (let port = first + 1; port < first + blockSize; port += 1) this.#left.push(port)
      return
    }
  }
}

/** Listens on a port and answers nobody; undefined when it is taken. */
function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server.unref()))
  })
}

/** Of this process, for its life. */
const blocks = new PortBlocks()

/** To be awaited before the first {@link candidatePort}. */
export function claimPorts(): Promise<void> {
  return blocks.claim()
}

/** A port to try to listen on, given once. */
export function candidatePort(): number {
  return blocks.next()
}
