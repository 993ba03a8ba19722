/** A stretch of time, monotonic milliseconds. Without an end it was still going on when last looked at. */
export interface Span {
  readonly from: number
  readonly to?: number
}

const keptSpans = 1_000

/** When a condition held, from looks in order of time. Totals are exact; of the spans the first 1 000 are kept. */
export class SpanLog {
  readonly #spans: Span[] = []
  #from: number | undefined
  #last = Number.NaN
  #closedMs = 0
  #count = 0

  /** `holds` from this look until the next. */
  add(at: number, holds: boolean): void {
    this.#last = at
    if (holds === (this.#from !== undefined)) return
    if (this.#from === undefined) {
      this.#from = at
      this.#count += 1
      return
    }
    if (this.#spans.length < keptSpans) this.#spans.push({ from: this.#from, to: at })
    this.#closedMs += at - this.#from
    this.#from = undefined
  }

  /** How often it began to hold. */
  get count(): number {
    return this.#count
  }

  /** How long it held in all, up to the last look. */
  get totalMs(): number {
    return this.#closedMs + (this.#from === undefined ? 0 : this.#last - this.#from)
  }

  get spans(): readonly Span[] {
    return this.#from === undefined ? this.#spans : [...this.#spans, { from: this.#from }]
  }

  /** The first moment from `after` on at which it was seen not to hold; undefined when there was none yet. */
  firstWithout(after: number): number | undefined {
    if (!(this.#last >= after)) return undefined
    const span = this.spans.find(({ from, to }) => from <= after && (to === undefined || to > after))
    return span ? span.to : after
  }
}
