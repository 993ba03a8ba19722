import type { RecoveryRecord, Took } from '../../report/index.ts'
import { took } from './took.ts'

/** A stretch of about a second, and how many operations ended well in it. */
export interface Counted {
  readonly from: number
  readonly to: number
  readonly done: number
}

const fullShare = 0.95
const fullForMs = 5_000
/** Five intervals of a timer that ticks once a second. */
const toleranceMs = 100
/** Shorter ones are joined to the next: the rate of a few milliseconds says nothing. */
const shortestMs = 500

/** Throughput through one fault, against the median before it. Times are monotonic milliseconds. */
export class RateCourse {
  readonly #baseline: number
  readonly #appliedAt: number
  #healedAt = Number.POSITIVE_INFINITY
  #done = 0
  #ms = 0
  #joined: Counted | undefined
  #fullFrom: number | undefined
  #fullAt: number | undefined

  /** @param baseline operations a second */
  constructor(baseline: number, appliedAt: number) {
    this.#baseline = baseline
    this.#appliedAt = appliedAt
  }

  healed(at: number): void {
    this.#healedAt = at
  }

  /** In order. Intervals are cut at the fault's edges, give or take a message's way: their middles tell where they belong. */
  add({ from, to, done }: Counted): void {
    const middle = (from + to) / 2
    if (middle < this.#appliedAt) return
    if (middle < this.#healedAt) {
      this.#done += done
      this.#ms += to - from
      return
    }
    const joined = this.#joined ? { from: this.#joined.from, to, done: this.#joined.done + done } : { from, to, done }
    this.#joined = joined.to - joined.from < shortestMs ? joined : undefined
    if (!this.#joined) this.#judge(joined)
  }

  throughput(): RecoveryRecord['throughput'] {
    if (this.#ms === 0) return undefined
    const during = (this.#done * 1_000) / this.#ms
    return { baseline: this.#baseline, during, share: during / this.#baseline }
  }

  full(until: number): Took {
    return took(this.#healedAt, this.#fullAt, until)
  }

  #judge({ from, to, done }: Counted): void {
    if (this.#fullAt !== undefined) return
    // One message more or less in an interval is no less throughput.
    if (done + 1 < (fullShare * this.#baseline * (to - from)) / 1_000) {
      this.#fullFrom = undefined
      return
    }
    this.#fullFrom ??= from
    if (to - this.#fullFrom >= fullForMs - toleranceMs) this.#fullAt = Math.max(this.#healedAt, this.#fullFrom)
  }
}
