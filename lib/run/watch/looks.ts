import { messageOf } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import { sleepUntil } from '../sleep-until.ts'

export interface LooksParts {
  /** Looks once. Rejects with a sentence's end when the fault is seen not to be what it should be. */
  readonly look: (isHealing: () => boolean) => Promise<void>
  /** Milliseconds until the next one. */
  readonly pauseMs: () => number
  /** After the last one. @throws what is wrong with all of them together */
  readonly conclude: () => void
  /** Called once, with what was thrown. */
  readonly onBroken: (how: string) => void
}

/** Looks at a fault again and again from when it is applied, the last time once its heal has begun. */
export class Looks {
  readonly #healing = new AbortController()
  readonly #ended: Promise<string | undefined>

  constructor(parts: LooksParts) {
    this.#ended = this.#go(parts)
  }

  /** To be called right before the heal. */
  healing(): void {
    this.#healing.abort()
  }

  /** What was wrong, once the last look is over; undefined when nothing was. Never rejects. */
  async ended(): Promise<string | undefined> {
    this.healing()
    return this.#ended
  }

  async #go({ look, pauseMs, conclude, onBroken }: LooksParts): Promise<string | undefined> {
    const { signal } = this.#healing
    try {
      for (;;) {
        const isLast = signal.aborted
        await look(() => signal.aborted)
        if (isLast) break
        await sleepUntil(now() + pauseMs(), signal)
      }
      conclude()
      return undefined
    } catch (error) {
      const how = messageOf(error)
      onBroken(how)
      return how
    }
  }
}
