import type { ClientEvent } from '../../load/index.ts'

/** A client that loses its connection every second has these for hours. */
const mostEvents = 10_000

/** What happened to the clients, in memory that does not grow with the run: the first ones are kept, the others counted. */
export class EventLog {
  readonly kept: ClientEvent[] = []
  #left = 0

  add(event: ClientEvent): void {
    if (this.kept.length < mostEvents) this.kept.push(event)
    else this.#left += 1
  }

  /** Says that there were more; undefined when there were not. */
  get remark(): string | undefined {
    if (this.#left === 0) return undefined
    const shown = (count: number) => count.toLocaleString('en-US')
    return `the report has the first ${shown(mostEvents)} events of the clients; ${shown(this.#left)} more are only in its counters`
  }
}
