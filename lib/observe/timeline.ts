import { Intervals } from '../measure/index.ts'
import { isMetaGroup } from '../topology/index.ts'
import type { ResourceUse } from './leaks.ts'
import type { Observation } from './observation.ts'
import { type NodeSample, streamOn } from './sample.ts'
import type { Span } from './spans.ts'

/** How leaks name the process that runs Squall itself. */
export const runnerName = 'runner'

interface NodeCell {
  readonly looks: number
  /** Of the looks, how many were answered. */
  readonly up: number
  readonly cpuSum: number
  readonly cpuLooks: number
  /** The latest one. */
  readonly sample: NodeSample
  /** The latest count that there is: counts are rare. */
  readonly goroutines: number | undefined
}

interface Cell {
  readonly nodes: readonly NodeCell[]
  readonly rounds: number
  /** By group, the rounds that it had quorum in. */
  readonly quorum: ReadonlyMap<string, number>
  /** The latest one. */
  readonly latest: Observation
}

type Column<T = number> = (T | null)[]

/** The servers interval by interval, in memory that does not grow with time. */
export class ClusterTimeline {
  readonly #origin: number
  readonly #intervals = new Intervals<Cell>(mergeCells)

  /** @param origin the time that it counts from, monotonic milliseconds */
  constructor(origin: number) {
    this.#origin = origin
  }

  add(observation: Observation): void {
    const { at } = observation.round
    if (at < this.#origin) return
    const next = cellOf(observation)
    this.#intervals.update(at - this.#origin, (cell) => (cell ? mergeCells(cell, next) : next))
  }

  /** What each process held in a stretch of time, monotonic milliseconds. */
  uses({ from, to }: Required<Span>): Map<string, ResourceUse[]> {
    const uses = new Map<string, ResourceUse[]>()
    const keep = (process: string, use: ResourceUse) => {
      const known = uses.get(process)
      if (known) known.push(use)
      else uses.set(process, [use])
    }
    for (const cell of this.#intervals.cells) {
      if (!cell || cell.latest.round.at < from || cell.latest.round.at > to) continue
      const { runner } = cell.latest.round
      for (const { sample, goroutines } of cell.nodes) {
        const { node, server, rssBytes, fds } = sample
        keep(node, { rssBytes, fds, connections: server?.connections, goroutines })
      }
      keep(runnerName, { rssBytes: runner.rssBytes, fds: runner.fds, connections: undefined, goroutines: undefined })
    }
    return uses
  }

  /** Columns of equal length, oldest first; null where nothing is known. A merged interval has its later values. */
  build() {
    const { intervalMs, cells } = this.#intervals
    const column = <T>(read: (cell: Cell) => T | undefined): Column<T> =>
      cells.map((cell) => (cell && read(cell)) ?? null)
    const nodes = namesIn(cells, ({ latest }) => latest.round.nodes.map(({ node }) => node))
    const groups = namesIn(cells, ({ quorum }) => [...quorum.keys()])
    return {
      intervalMs,
      at: cells.map((_, index) => index * intervalMs),
      runner: {
        rssBytes: column(({ latest }) => latest.round.runner.rssBytes),
        fds: column(({ latest }) => latest.round.runner.fds),
      },
      nodes: Object.fromEntries(nodes.map((name) => [name, nodeColumns(name, column)])),
      groups: Object.fromEntries(groups.map((name) => [name, groupColumns(name, column)])),
    }
  }
}

type MakeColumn = <T>(read: (cell: Cell) => T | undefined) => Column<T>

function nodeColumns(name: string, column: MakeColumn) {
  const of = <T>(read: (cell: NodeCell) => T | undefined) =>
    column((cell) => {
      const node = cell.nodes.find(({ sample }) => sample.node === name)
      return node && read(node)
    })
  return {
    /** Share of the looks that were answered. */
    up: of(({ up, looks }) => up / looks),
    state: of(({ sample }) => sample.state),
    cpu: of(({ cpuSum, cpuLooks }) => (cpuLooks > 0 ? cpuSum / cpuLooks : undefined)),
    rssBytes: of(({ sample }) => sample.rssBytes),
    fds: of(({ sample }) => sample.fds),
    threads: of(({ sample }) => sample.threads),
    goroutines: of(({ goroutines }) => goroutines),
    routes: of(({ sample }) => sample.server?.routes.length),
    connections: of(({ sample }) => sample.server?.connections),
    slowConsumers: of(({ sample }) => sample.server?.slowConsumers),
    storeBytes: of(({ sample }) => sample.server?.storeBytes),
  }
}

function groupColumns(name: string, column: MakeColumn) {
  const status = ({ latest }: Cell) => latest.statuses.find(({ group }) => group === name)
  const led = (cell: Cell) => {
    const leader = cell.latest.round.nodes.find(({ node }) => node === status(cell)?.leader)
    return leader && streamOn(leader, name)
  }
  return {
    leader: column((cell) => status(cell)?.leader),
    /** Share of the rounds that it had quorum in. */
    quorum: column(({ quorum, rounds }) => (quorum.has(name) ? quorum.get(name)! / rounds : undefined)),
    inContact: column((cell) => status(cell)?.inContact),
    lastSeq: column((cell) => led(cell)?.lastSeq),
    messages: column((cell) => led(cell)?.messages),
    /** Were all replicas current? Null for a meta group. */
    current: column(({ latest }) => (isMetaGroup(name) ? undefined : latest.current.includes(name))),
    /** Of the replica that is furthest behind. */
    lag: column(({ latest }) => {
      const lags = latest.lags.filter(({ stream }) => stream === name).map(({ messages }) => messages)
      return lags.length > 0 ? Math.max(...lags) : undefined
    }),
  }
}

function cellOf(latest: Observation): Cell {
  return {
    rounds: 1,
    nodes: latest.round.nodes.map((sample) => ({
      looks: 1,
      up: sample.server ? 1 : 0,
      cpuSum: sample.cpu ?? 0,
      cpuLooks: sample.cpu === undefined ? 0 : 1,
      sample,
      goroutines: sample.server?.goroutines,
    })),
    quorum: new Map(latest.statuses.map(({ group, quorum }) => [group, Number(quorum)])),
    // The round before would keep the one before it, and so on: all of them.
    latest: { ...latest, before: undefined },
  }
}

function mergeCells(first: Cell, second: Cell): Cell {
  const groups = [...new Set([...first.quorum.keys(), ...second.quorum.keys()])]
  return {
    rounds: first.rounds + second.rounds,
    nodes: second.nodes.map((node, index) => addNodes(first.nodes[index]!, node)),
    quorum: new Map(groups.map((group) => [group, (first.quorum.get(group) ?? 0) + (second.quorum.get(group) ?? 0)])),
    latest: second.latest,
  }
}

function addNodes(first: NodeCell, second: NodeCell): NodeCell {
  return {
    looks: first.looks + second.looks,
    up: first.up + second.up,
    cpuSum: first.cpuSum + second.cpuSum,
    cpuLooks: first.cpuLooks + second.cpuLooks,
    sample: second.sample,
    goroutines: second.goroutines ?? first.goroutines,
  }
}

function namesIn(cells: readonly (Cell | undefined)[], read: (cell: Cell) => readonly string[]): string[] {
  return [...new Set(cells.flatMap((cell) => (cell ? read(cell) : [])))]
}
