import type { Tags } from '../../measure/index.ts'

/** The messages sent from `first` on, until the next section's: all in one phase and window. */
export interface Section {
  readonly first: number
  /** When it began, monotonic milliseconds. */
  readonly at: number
  readonly tags: Tags
}

/** Which phase and window a message was sent in, without keeping that for each message. */
export class Sections {
  readonly #sections: Section[] = []

  /** The first one has what was sent before it too: on a busy machine the load's first messages are ahead of its mark. */
  begin(section: Section): void {
    this.#sections.push(this.#sections.length === 0 ? { ...section, first: 0 } : section)
  }

  /** Of a message; undefined while none has begun. */
  of(sequence: number): Section | undefined {
    let low = 0
    let high = this.#sections.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sections[middle]!.first <= sequence) low = middle + 1
      else high = middle
    }
    return this.#sections[low - 1]
  }
}
