import { messageOf } from '../errors.ts'
import type { CutProbe } from '../faults/index.ts'
import { now } from '../measure/index.ts'
import type { CutProof } from './cut-watch.ts'
import { sleepUntil } from './player.ts'
import type { WatchOfCut } from './watch-of-cut.ts'

const everyMs = 3_000

/** Dials across a cut that the kernel makes, from when it is made until it is healed: nothing may come of it. */
export class ProbeWatch {
  readonly #probe: CutProbe
  readonly #onBroken: (how: string) => void
  readonly #healing = new AbortController()
  readonly #watched: Promise<void>
  #error: string | undefined

  /** `onBroken` is called once, as soon as something comes through: a sentence's end. */
  constructor(probe: CutProbe, onBroken: (how: string) => void) {
    this.#probe = probe
    this.#onBroken = onBroken
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
    return this.#error === undefined ? { proof: this.#probe.said() } : { error: this.#error }
  }

  async #watch(): Promise<void> {
    const { signal } = this.#healing
    while (!signal.aborted && this.#error === undefined) {
      try {
        await this.#probe.look()
      } catch (error) {
        // What the heal let through meanwhile says nothing.
        if (signal.aborted) return
        this.#error = `did not hold: ${messageOf(error)}`
        this.#onBroken(this.#error)
      }
      await sleepUntil(now() + everyMs, signal)
    }
  }
}

/** Two looks at one cut: it is one when both say so. */
export function bothOf(one: WatchOfCut, other: WatchOfCut): WatchOfCut {
  return {
    healing() {
      one.healing()
      other.healing()
    },
    async settled() {
      const seen = await Promise.all([one.settled(), other.settled()])
      const error = seen.find((proof) => proof.error !== undefined)
      return error ?? { proof: seen.map(({ proof }) => proof).join('; ') }
    },
  }
}
