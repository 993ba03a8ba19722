import type { Interval } from '../run/index.ts'

type Counted = Pick<Interval, 'from' | 'to' | 'completed'>

const recentMs = 1_000
/** An interval of a second may be a timer's lateness longer or shorter. */
const lateMs = 50

/** Iterations completed a second over the last second or a little more: an interval that an edge cut short says nothing by itself. */
export class RecentRate {
  #recent: readonly Counted[] = []

  add(interval: Counted): void {
    const since = interval.to - recentMs + lateMs
    this.#recent = [...this.#recent.filter(({ to }) => to > since), interval]
  }

  /** 0 before the first interval. */
  get perSecond(): number {
    const [first, last] = [this.#recent[0], this.#recent.at(-1)]
    if (!first || !last || last.to <= first.from) return 0
    const completed = this.#recent.reduce((sum, interval) => sum + interval.completed, 0)
    return (completed * 1_000) / (last.to - first.from)
  }
}
