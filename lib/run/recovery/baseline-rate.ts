import { type Histogram, newHistogram, valueAt } from '../../measure/index.ts'

/** Fewer seconds than these say little of a phase's own rate. */
const enough = 5
const scale = 1_000

/** What throughput is normal: the median of the per-second rates in baseline windows. */
export class BaselineRate {
  readonly #phases = new Map<number, Histogram>()
  readonly #all = newHistogram()

  /** A second of a baseline window, or most of one. */
  add(phase: number, perSecond: number): void {
    let histogram = this.#phases.get(phase)
    if (!histogram) {
      histogram = newHistogram()
      this.#phases.set(phase, histogram)
    }
    histogram.recordValue(Math.round(perSecond * scale))
    this.#all.recordValue(Math.round(perSecond * scale))
  }

  /** Of the phase if it had five such seconds so far, else of all of them: the phase's rate may be another. */
  median(phase: number): number | undefined {
    const own = this.#phases.get(phase)
    const histogram = own && own.totalCount >= enough ? own : this.#all
    if (histogram.totalCount === 0) return undefined
    // The histogram knows three digits.
    return Number((valueAt(histogram, 0.5, Number.POSITIVE_INFINITY) / scale).toPrecision(3))
  }
}
