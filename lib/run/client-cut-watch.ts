import { messageOf } from '../errors.ts'
import { formatDuration, now } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { type Link, readGreeting } from '../topology/index.ts'
import type { CutProof } from './cut-watch.ts'
import { sleepUntil } from './player.ts'

export interface ClientCutWatchParts {
  /** Those that are cut. */
  readonly links: readonly Pick<Link, 'name' | 'listen'>[]
  /** Called once, as soon as one is seen to let something through: a sentence's end. */
  readonly onBroken: (how: string) => void
  /** Milliseconds between looks. */
  readonly everyMs?: number
}

const defaultEveryMs = 3_000
/** A server greets within milliseconds. */
const patienceMs = 500

/**
 * Proves that clients are cut off, from when they are until it is healed: somebody who connects through any of their links is not
 * greeted. Clients know of no other way: they are told of links alone.
 */
export class ClientCutWatch {
  readonly #parts: ClientCutWatchParts
  readonly #healing = new AbortController()
  readonly #watched: Promise<void>
  #looks = 0
  #error: string | undefined

  constructor(parts: ClientCutWatchParts) {
    this.#parts = parts
    this.#watched = this.#watch()
  }

  /** To be called right before the heal. */
  healing(): void {
    this.#healing.abort()
  }

  /** What came of it. Never rejects. */
  async settled(): Promise<CutProof> {
    this.healing()
    await this.#watched
    if (this.#error !== undefined) return { error: this.#error }
    const links = plural(this.#parts.links.length, 'link')
    return { proof: `nobody was greeted through ${links} in ${plural(this.#looks, 'look')} until it was healed` }
  }

  /** Whether it was seen to be one. */
  get isProved(): boolean {
    return this.#looks > 0
  }

  async #watch(): Promise<void> {
    const { everyMs = defaultEveryMs, onBroken } = this.#parts
    const { signal } = this.#healing
    try {
      while (!signal.aborted) {
        await this.#look()
        await sleepUntil(now() + everyMs, signal)
      }
      if (!this.isProved) {
        throw new Error(`could not be proved: it was healed within the ${formatDuration(patienceMs)} that a look takes`)
      }
    } catch (error) {
      this.#error = messageOf(error)
      onBroken(this.#error)
    }
  }

  async #look(): Promise<void> {
    const greeted = await Promise.all(
      this.#parts.links.map(async ({ name, listen }) =>
        readGreeting(listen, patienceMs).then(
          () => [name],
          () => [],
        ),
      ),
    )
    // What the heal let through meanwhile says nothing.
    if (this.#healing.signal.aborted) return
    const through = greeted.flat()
    if (through.length > 0) {
      const none = this.isProved ? 'did not last' : 'could not be applied'
      throw new Error(`${none}: a server answers through ${through.join(', ')}`)
    }
    this.#looks += 1
  }
}
