import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import type { Asked } from './answers.ts'
import { NodeWatch, type ServerNames } from './node-watch.ts'
import { runnerUse } from './process-use.ts'
import type { ObservedNode, Round } from './sample.ts'

export interface ObserverOptions extends Asked {
  readonly nodes: readonly ObservedNode[]
  /** Names of the streams to watch. */
  readonly streams: readonly string[]
  /** Called with each round when it is complete, in order. */
  readonly onRound: (round: Round) => void
}

const roundMs = 1_000
/** A round's nodes are asked one after the other within this time, so that a round ends before the next begins. */
const spreadMs = 400

/**
 * Looks at every node once a second through its monitoring port, past all proxies, and at its process. A node that does
 * not answer delays nobody else, and no node is asked again before it answered or was given up.
 */
export class Observer {
  readonly #options: ObserverOptions
  readonly #watches: readonly NodeWatch[]
  readonly #stopping = new AbortController()
  #countGoroutines = true
  #running: Promise<void> | undefined

  constructor(options: ObserverOptions) {
    this.#options = options
    // Every node has some.
    setMaxListeners(0, this.#stopping.signal)
    const names: ServerNames = new Map()
    this.#watches = options.nodes.map((node) => new NodeWatch(node, options, names, this.#stopping.signal))
  }

  /** Begins; once. */
  start(): void {
    this.#running ??= this.#run()
  }

  /**
   * Lets the next round count goroutines, as the first one does. It stops each server for the time that it writes all its
   * stacks, milliseconds: right at the start and end of a stretch, wrong once a second.
   */
  countGoroutines(): void {
    this.#countGoroutines = true
  }

  /** Ends at once; a round under way is dropped. Never rejects; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    for (const watch of this.#watches) watch.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    for (let due = now(); !signal.aborted; ) {
      const round = await this.#round()
      if (signal.aborted) return
      this.#options.onRound(round)
      // When the runner was held up, what was missed is not made up for.
      due = Math.max(due + roundMs, now())
      await this.#pause(due - now())
    }
  }

  async #round(): Promise<Round> {
    const at = now()
    const goroutines = this.#countGoroutines
    this.#countGoroutines = false
    const gap = spreadMs / this.#watches.length
    const [runner, ...nodes] = await Promise.all([
      runnerUse(),
      ...this.#watches.map(async (watch, index) => {
        await this.#pause(index * gap)
        return watch.look(goroutines)
      }),
    ])
    return { at, nodes, runner }
  }

  async #pause(ms: number): Promise<void> {
    // Rejects only when it was aborted, which whoever called sees for itself.
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }
}
