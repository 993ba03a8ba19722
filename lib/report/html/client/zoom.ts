export interface Range {
  readonly from: number
  readonly to: number
}

type Listener = (range: Range) => void

/** The part of the run that all charts over time show. Seconds. */
export class Zoom {
  #whole: Range = { from: 0, to: 1 }
  #range: Range = this.#whole
  #listeners: Listener[] = []

  /**
   * Of a run of so many seconds; those who listened are forgotten. What was zoomed to stays, unless that was the whole of a
   * run that has gone on since.
   */
  begin(seconds: number): void {
    const { isWhole } = this
    this.#listeners = []
    this.#whole = { from: 0, to: Math.max(seconds, 1e-3) }
    if (isWhole) this.#range = this.#whole
  }

  get range(): Range {
    return this.#range
  }

  get isWhole(): boolean {
    return this.#range.from <= this.#whole.from && this.#range.to >= this.#whole.to
  }

  /** Kept inside the run, and at least a hundredth of a second wide. */
  set(from: number, to: number): void {
    const start = Math.max(this.#whole.from, Math.min(from, this.#whole.to - 0.01))
    const end = Math.min(this.#whole.to, Math.max(to, start + 0.01))
    if (start === this.#range.from && end === this.#range.to) return
    this.#range = { from: start, to: end }
    for (const listener of this.#listeners) listener(this.#range)
  }

  reset(): void {
    this.set(this.#whole.from, this.#whole.to)
  }

  /** By a factor around the middle; below 1 comes closer. */
  scale(factor: number): void {
    const { from, to } = this.#range
    const middle = (from + to) / 2
    const half = ((to - from) / 2) * factor
    this.set(middle - half, middle + half)
  }

  /** By a share of what is shown; negative to the left. Stops at the ends. */
  pan(share: number): void {
    const { from, to } = this.#range
    const wanted = (to - from) * share
    const step = Math.max(this.#whole.from - from, Math.min(wanted, this.#whole.to - to))
    this.set(from + step, to + step)
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener)
  }
}
