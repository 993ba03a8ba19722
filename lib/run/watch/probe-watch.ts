import { messageOf } from '../../errors.ts'
import type { CutProbe } from '../../faults/index.ts'
import type { CutProof } from './cut-watch.ts'
import { Looks } from './looks.ts'

const everyMs = 3_000

/** Dials across a cut that the kernel makes, from when it is made until it is healed: nothing may come of it. */
export class ProbeWatch {
  readonly #probe: CutProbe
  readonly #looks: Looks

  /** `onBroken` is called once, as soon as something comes through: a sentence's end. */
  constructor(probe: CutProbe, onBroken: (how: string) => void) {
    this.#probe = probe
    this.#looks = new Looks({
      look: (isHealing) => this.#look(isHealing),
      pauseMs: () => everyMs,
      conclude: () => {},
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
    return error === undefined ? { proof: this.#probe.said() } : { error }
  }

  async #look(isHealing: () => boolean): Promise<void> {
    if (isHealing()) return
    try {
      await this.#probe.look()
    } catch (error) {
      // What the heal let through meanwhile says nothing.
      if (!isHealing()) throw new Error(`did not hold: ${messageOf(error)}`, { cause: error })
    }
  }
}
