import { Intervals, least, most } from '../measure/index.ts'

/** What one look saw of an instance; undefined where it was not looked at, or there was nothing to see. */
export interface InstanceLook {
  readonly name: string
  readonly active: boolean
  readonly cpu: number | undefined
  readonly rssBytes: number | undefined
  readonly fds: number | undefined
  readonly processes: number | undefined
  /** Requests that it has, or that wait for it. */
  readonly queue: number | undefined
}

interface InstanceCell {
  readonly looks: number
  readonly active: number
  readonly cpuSum: number
  readonly cpuLooks: number
  /** The largest. */
  readonly rssBytes: number | undefined
  readonly fds: number | undefined
  readonly processes: number | undefined
  readonly queue: number | undefined
  readonly answered: number
}

interface Cell {
  /** Fewest that were active at once; undefined when nobody looked. */
  readonly leastActive: number | undefined
  readonly instances: ReadonlyMap<string, InstanceCell>
}

const nothing: InstanceCell = {
  looks: 0,
  active: 0,
  cpuSum: 0,
  cpuLooks: 0,
  rssBytes: undefined,
  fds: undefined,
  processes: undefined,
  queue: undefined,
  answered: 0,
}

/** One service's instances interval by interval, in memory that does not grow with time. */
export class ServiceTimeline {
  readonly #origin: number
  readonly #intervals = new Intervals<Cell>(mergeCells)

  /** @param origin the time that it counts from, monotonic milliseconds */
  constructor(origin: number) {
    this.#origin = origin
  }

  /** All instances as they were at one time, monotonic milliseconds. */
  look(at: number, looks: readonly InstanceLook[]): void {
    this.#add(at, {
      leastActive: looks.filter(({ active }) => active).length,
      instances: new Map(looks.map((look) => [look.name, cellOf(look)])),
    })
  }

  /** Requests that were answered around a time, by instance. */
  answered(at: number, counts: ReadonlyMap<string, number>): void {
    this.#add(at, {
      leastActive: undefined,
      instances: new Map([...counts].map(([name, answered]) => [name, { ...nothing, answered }])),
    })
  }

  /** Columns of equal length, oldest first; null where nothing is known. */
  build() {
    const { intervalMs, cells } = this.#intervals
    const names = [...new Set(cells.flatMap((cell) => (cell ? [...cell.instances.keys()] : [])))].sort()
    const columns = (name: string) => {
      const column = (read: (cell: InstanceCell) => number | undefined) =>
        cells.map((cell) => {
          const one = cell?.instances.get(name)
          return (one && read(one)) ?? null
        })
      return {
        /** Share of the looks at which it took work. */
        active: column(({ active, looks }) => (looks > 0 ? active / looks : undefined)),
        /** Requests answered, a second. */
        answered: column(({ answered }) => (answered * 1_000) / intervalMs),
        queue: column(({ queue }) => queue),
        cpu: column(({ cpuSum, cpuLooks }) => (cpuLooks > 0 ? cpuSum / cpuLooks : undefined)),
        rssBytes: column(({ rssBytes }) => rssBytes),
        fds: column(({ fds }) => fds),
        processes: column(({ processes }) => processes),
      }
    }
    return {
      intervalMs,
      at: cells.map((_, index) => index * intervalMs),
      /** Fewest instances that took work at once. */
      active: cells.map((cell) => cell?.leastActive ?? null),
      instances: Object.fromEntries(names.map((name) => [name, columns(name)])),
    }
  }

  #add(at: number, next: Cell): void {
    if (at < this.#origin) return
    this.#intervals.update(at - this.#origin, (cell) => (cell ? mergeCells(cell, next) : next))
  }
}

function cellOf({ active, cpu, rssBytes, fds, processes, queue }: InstanceLook): InstanceCell {
  return {
    looks: 1,
    active: active ? 1 : 0,
    cpuSum: cpu ?? 0,
    cpuLooks: cpu === undefined ? 0 : 1,
    rssBytes,
    fds,
    processes,
    queue,
    answered: 0,
  }
}

function mergeCells(first: Cell, second: Cell): Cell {
  const names = new Set([...first.instances.keys(), ...second.instances.keys()])
  return {
    leastActive: least(first.leastActive, second.leastActive),
    instances: new Map(
      [...names].map((name) => [
        name,
        mergeInstances(first.instances.get(name) ?? nothing, second.instances.get(name) ?? nothing),
      ]),
    ),
  }
}

function mergeInstances(first: InstanceCell, second: InstanceCell): InstanceCell {
  return {
    looks: first.looks + second.looks,
    active: first.active + second.active,
    cpuSum: first.cpuSum + second.cpuSum,
    cpuLooks: first.cpuLooks + second.cpuLooks,
    rssBytes: most(first.rssBytes, second.rssBytes),
    fds: most(first.fds, second.fds),
    processes: most(first.processes, second.processes),
    queue: most(first.queue, second.queue),
    answered: first.answered + second.answered,
  }
}
