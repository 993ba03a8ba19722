import { Intervals } from '../measure/index.ts'
import type { Backlog } from './backlogs.ts'

type Cell = ReadonlyMap<string, number>

/** The consumers' backlogs interval by interval, in memory that does not grow with time. */
export class BacklogTimeline {
  readonly #origin: number
  readonly #intervals = new Intervals<Cell>(merge)

  /** @param origin the time that it counts from, monotonic milliseconds */
  constructor(origin: number) {
    this.#origin = origin
  }

  add(at: number, backlogs: readonly Backlog[]): void {
    if (at < this.#origin) return
    const seen: Cell = new Map(backlogs.map(({ consumer, messages }) => [consumer, messages]))
    this.#intervals.update(at - this.#origin, (cell) => (cell ? merge(cell, seen) : seen))
  }

  /** By consumer, oldest first; null where nothing is known. A merged interval has the largest. */
  build(): Record<string, { readonly backlog: (number | null)[] }> {
    const { cells } = this.#intervals
    const names = [...new Set(cells.flatMap((cell) => (cell ? [...cell.keys()] : [])))]
    return Object.fromEntries(names.map((name) => [name, { backlog: cells.map((cell) => cell?.get(name) ?? null) }]))
  }
}

function merge(first: Cell, second: Cell): Cell {
  const merged = new Map(first)
  for (const [name, messages] of second) merged.set(name, Math.max(messages, merged.get(name) ?? 0))
  return merged
}
