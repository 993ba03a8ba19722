/** Without anything new for so long, and in contact with all of its origins throughout, a copy has what there is for it. */
const quietMs = 2_500

/**
 * Whether a copy is quiet. One that finds its origins again after an outage is in contact with them some moments before it has
 * what it missed, so that what it did before counts for nothing.
 */
export class CopyQuiet {
  #last: number | undefined
  #since = 0

  /** Takes what is seen of the copy at `at` (ms): its last sequence, and whether it hears of its origins. */
  isQuiet(at: number, last: number, inContact: boolean): boolean {
    if (last !== this.#last || !inContact) {
      this.#last = last
      this.#since = at
    }
    return at - this.#since >= quietMs
  }
}
