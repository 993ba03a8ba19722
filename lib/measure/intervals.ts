/** Longer than this many intervals, they are merged in twos: a series in time stays this long at most. */
export const maxIntervals = 4_096

/** Equal intervals from zero on, one second each until there are too many: memory does not grow with time. */
export class Intervals<T> {
  #intervalMs = 1_000
  #cells: (T | undefined)[] = []
  readonly #merge: (first: T, second: T) => T

  constructor(merge: (first: T, second: T) => T) {
    this.#merge = merge
  }

  get intervalMs(): number {
    return this.#intervalMs
  }

  /** Oldest first; undefined where there was nothing. */
  get cells(): readonly (T | undefined)[] {
    return this.#cells
  }

  /** Replaces the cell that holds `at` (milliseconds; what is before zero counts as zero), and returns the new one. */
  update(at: number, change: (cell: T | undefined) => T): T {
    let index = Math.max(0, Math.floor(at / this.#intervalMs))
    while (index >= maxIntervals) {
      this.#halve()
      index = Math.floor(at / this.#intervalMs)
    }
    while (this.#cells.length <= index) this.#cells.push(undefined)
    const cell = change(this.#cells[index])
    this.#cells[index] = cell
    return cell
  }

  #halve(): void {
    this.#intervalMs *= 2
    this.#cells = mergedInTwos(this.#cells, (first, second) =>
      first !== undefined && second !== undefined ? this.#merge(first, second) : (first ?? second),
    )
  }
}

/** Each two neighbours as one; the last stays as it is where there is no other. */
export function mergedInTwos<T>(cells: readonly T[], merge: (first: T, second: T) => T): T[] {
  return Array.from({ length: Math.ceil(cells.length / 2) }, (_, half) => {
    const [first, second] = [cells[2 * half]!, cells[2 * half + 1]!]
    return 2 * half + 1 < cells.length ? merge(first, second) : first
  })
}
