/** So many subjects of a publisher are remembered. */
const most = 10_000

/** The subjects under which each publisher's messages may be stored. Bounded: one with too many may use any. */
export class PublisherSubjects {
  /** Undefined for one with too many. */
  readonly #known: (Set<string> | undefined)[]
  /** Most loads use one subject many times in a row, and need not look it up for every message (bench/ledger.ts). */
  readonly #last: string[]

  constructor(publishers: number) {
    this.#known = Array.from({ length: publishers }, () => new Set<string>())
    this.#last = new Array<string>(publishers).fill('')
  }

  note(publisher: number, subject: string): void {
    if (this.#last[publisher] === subject) return
    this.#last[publisher] = subject
    const known = this.#known[publisher]
    if (!known || known.has(subject)) return
    known.add(subject)
    if (known.size > most) this.#known[publisher] = undefined
  }

  has(publisher: number, subject: string): boolean {
    return this.#known[publisher]?.has(subject) ?? true
  }
}
