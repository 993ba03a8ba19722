import { Intervals } from '../measure/index.ts'

type Cell<T> = ReadonlyMap<string, T>

/** Things that have names, interval by interval, in memory that does not grow with time. */
export class NamedTimeline<T> {
  readonly #origin: number
  readonly #merge: (first: Cell<T>, second: Cell<T>) => Cell<T>
  readonly #intervals: Intervals<Cell<T>>

  /**
   * @param origin the time that it counts from, monotonic milliseconds
   * @param merge two of the same name, the earlier first, as one interval's
   */
  constructor(origin: number, merge: (first: T, second: T) => T) {
    this.#origin = origin
    this.#merge = (first, second) => {
      const merged = new Map(first)
      for (const [name, one] of second) {
        const known = merged.get(name)
        merged.set(name, known === undefined ? one : merge(known, one))
      }
      return merged
    }
    this.#intervals = new Intervals(this.#merge)
  }

  add(at: number, seen: Iterable<readonly [string, T]>): void {
    if (at < this.#origin) return
    const next: Cell<T> = new Map(seen)
    this.#intervals.update(at - this.#origin, (cell) => (cell ? this.#merge(cell, next) : next))
  }

  /** Columns by name, oldest first; null where nothing is known. */
  build<C>(make: (column: <R>(read: (one: T) => R | undefined) => (R | null)[]) => C): Record<string, C> {
    const { cells } = this.#intervals
    const names = [...new Set(cells.flatMap((cell) => (cell ? [...cell.keys()] : [])))]
    const columnOf =
      (name: string) =>
      <R>(read: (one: T) => R | undefined) =>
        cells.map((cell) => {
          const one = cell?.get(name)
          return (one === undefined ? undefined : read(one)) ?? null
        })
    return Object.fromEntries(names.map((name) => [name, make(columnOf(name))]))
  }
}
