import type { Took } from '../../report/index.ts'
import { took } from './took.ts'

interface Waiting<T> {
  readonly what: T
  readonly before: number
  peak: number
  drainedAt?: number
}

/** What became of messages that waited somewhere: for a consumer, or for a copy of a stream. */
export interface Drained {
  readonly before: number
  readonly peak: number
  readonly drained?: Took
}

/** Messages that wait, by what they wait for, through one fault. Times are monotonic milliseconds. */
export class DrainCourse<T> {
  readonly #calm: ReadonlyMap<string, number>
  readonly #slack: number
  readonly #waiting = new Map<string, Waiting<T>>()
  #healedAt = Number.POSITIVE_INFINITY

  /**
   * @param calm by name, the most that waited in a baseline
   * @param slack as many are nothing, whatever was there before
   */
  constructor(calm: ReadonlyMap<string, number>, slack: number) {
    this.#calm = new Map(calm)
    this.#slack = slack
  }

  healed(at: number): void {
    this.#healedAt = at
  }

  /** In order. `what` goes with it into the result. With `moreToCome` it is not drained, however little waits now. */
  add(name: string, what: T, messages: number, at: number, moreToCome = false): void {
    let waiting = this.#waiting.get(name)
    if (!waiting) {
      waiting = { what, before: this.#calm.get(name) ?? 0, peak: 0 }
      this.#waiting.set(name, waiting)
    }
    waiting.peak = Math.max(waiting.peak, messages)
    const isLow = messages <= Math.max(waiting.before, this.#slack)
    if (at >= this.#healedAt && isLow && !moreToCome) waiting.drainedAt ??= at
  }

  /** Is what waited since the fault still being worked off, or waiting for the heal? */
  isDraining(name: string): boolean {
    const waiting = this.#waiting.get(name)
    return waiting !== undefined && waiting.drainedAt === undefined
  }

  /** By name. */
  result(until: number, judgeHeal: boolean): Record<string, T & Drained> {
    return Object.fromEntries(
      [...this.#waiting].map(([name, { what, before, peak, drainedAt }]) => [
        name,
        { ...what, before, peak, ...(judgeHeal && { drained: took(this.#healedAt, drainedAt, until) }) },
      ]),
    )
  }
}
