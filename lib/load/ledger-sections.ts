import type { Tags } from '../measure/index.ts'

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

  begin(section: Section): void {
    this.#sections.push(section)
  }

  /** Of a message; undefined if it was sent before the load began. */
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
