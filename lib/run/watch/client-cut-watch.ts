import { formatDuration } from '../../measure/index.ts'
import { plural } from '../../plural.ts'
import { type Link, readGreeting } from '../../topology/index.ts'
import type { CutProof } from './cut-watch.ts'
import { Looks } from './looks.ts'

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
  readonly #looks: Looks
  #looked = 0

  constructor(parts: ClientCutWatchParts) {
    this.#parts = parts
    const { everyMs = defaultEveryMs, onBroken } = parts
    this.#looks = new Looks({
      look: (isHealing) => this.#look(isHealing),
      pauseMs: () => everyMs,
      conclude: () => {
        if (this.isProved) return
        throw new Error(`could not be proved: it was healed within the ${formatDuration(patienceMs)} that a look takes`)
      },
      onBroken,
    })
  }

  /** To be called right before the heal. */
  healing(): void {
    this.#looks.healing()
  }

  /** What came of it. Never rejects. */
  async settled(): Promise<CutProof> {
    const error = await this.#looks.ended()
    if (error !== undefined) return { error }
    const links = plural(this.#parts.links.length, 'link')
    return { proof: `nobody was greeted through ${links} in ${plural(this.#looked, 'look')} until it was healed` }
  }

  /** Whether it was seen to be one. */
  get isProved(): boolean {
    return this.#looked > 0
  }

  async #look(isHealing: () => boolean): Promise<void> {
    // What the heal lets through says nothing.
    if (isHealing()) return
    const greeted = await Promise.all(
      this.#parts.links.map(async ({ name, listen }) =>
        readGreeting(listen, patienceMs).then(
          () => [name],
          () => [],
        ),
      ),
    )
    if (isHealing()) return
    const through = greeted.flat()
    if (through.length > 0) {
      const none = this.isProved ? 'did not last' : 'could not be applied'
      throw new Error(`${none}: a server answers through ${through.join(', ')}`)
    }
    this.#looked += 1
  }
}
