const mostIds = 1_000_000

/**
 * The `Nats-Msg-Id`s of messages read in stream order, for as long as the stream promised to know them. At most a
 * million are held, the newest; beyond that a repetition goes unnoticed.
 */
export class MessageIds {
  readonly #windowMs: number
  // In the order of storing: the oldest come first.
  readonly #storedAt = new Map<string, number>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** Notes an id; says whether a message with it was stored less than the duplicate window before. Times in ms. */
  isRepeated(id: string, storedAt: number): boolean {
    for (const [oldest, at] of this.#storedAt) {
      if (storedAt - at < this.#windowMs && this.#storedAt.size <= mostIds) break
      this.#storedAt.delete(oldest)
    }
    const before = this.#storedAt.get(id)
    this.#storedAt.delete(id)
    this.#storedAt.set(id, storedAt)
    return before !== undefined && storedAt - before < this.#windowMs
  }
}
