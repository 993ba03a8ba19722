import { setTimeout as sleep } from 'node:timers/promises'
import type { Effect } from './effect.ts'
import type { Fault } from './fault.ts'

/** How long it is in force, and how long it is not before the next time. */
export type Beat = () => { readonly onMs: number; readonly offMs: number }

/** How a fault comes and goes; undefined for one that stays. `random` is uniform in [0, 1), from the run's seed. */
export function beatOf(fault: Fault, random: () => number): Beat | undefined {
  if (fault.kind === 'partition' && fault.flapping) return () => fault.flapping!
  if (fault.kind !== 'lossyLink') return undefined
  const { stallMs, everyMs } = fault
  // Packets are lost independently of each other: exponential gaps, which leave the mean from loss to loss at `everyMs`.
  return () => ({ onMs: stallMs, offMs: -Math.log(1 - random()) * (everyMs - stallMs) })
}

/** Effects that come and go together until they are healed. */
export class Pulse {
  readonly #effects: readonly Effect[]
  readonly #beat: Beat
  readonly #healing = new AbortController()
  #going: Promise<void> | undefined
  #times = 0

  constructor(effects: readonly Effect[], beat: Beat) {
    this.#effects = effects
    this.#beat = beat
  }

  /** How often it has been in force so far. */
  get times(): number {
    return this.#times
  }

  /** The same effects; the first that is applied begins it once all are, and healing any of them ends it first. */
  get effects(): Effect[] {
    let applied = 0
    return this.#effects.map((effect) => ({
      ...effect,
      apply: async () => {
        await effect.apply()
        applied += 1
        if (applied === this.#effects.length) this.#begin()
      },
      heal: async () => {
        this.#healing.abort()
        // Whatever became of the last change, the effect is taken off; only then is it told.
        const [ended] = await Promise.allSettled([this.#going])
        await effect.heal()
        if (ended.status === 'rejected') throw ended.reason
      },
    }))
  }

  #begin(): void {
    this.#times = 1
    this.#going = this.#go()
    // Told by the heal.
    this.#going.catch(() => {})
  }

  async #go(): Promise<void> {
    for (;;) {
      const { onMs, offMs } = this.#beat()
      if (!(await this.#passed(onMs))) return
      await all(this.#effects.map((effect) => effect.heal()))
      if (!(await this.#passed(offMs))) return
      await all(this.#effects.map((effect) => effect.apply()))
      this.#times += 1
    }
  }

  /** False when it is being healed. */
  async #passed(ms: number): Promise<boolean> {
    await sleep(ms, undefined, { signal: this.#healing.signal }).catch(() => {})
    return !this.#healing.signal.aborted
  }
}

/** Waits for all of them, also when one fails. */
async function all(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises)
  await Promise.all(promises)
}
