import type { ConsumerPlan, StreamPlan } from '../load/index.ts'
import {
  type Backlog,
  backlogsIn,
  History,
  isLeak,
  type LeakCheck,
  type Observation,
  Observer,
  type Outages,
  type Span,
} from '../observe/index.ts'
import type { ServersObserved } from '../report/index.ts'
import type { ServerNode } from '../topology/index.ts'
import type { Recording } from './recording.ts'
import type { Windows } from './windows.ts'

/** Time before the end of a stretch at which goroutines are counted. */
const countAheadMs = 3_000

export interface ServerWatchParts {
  readonly nodes: readonly ServerNode[]
  readonly plan: { readonly streams: readonly StreamPlan[]; readonly consumers: readonly ConsumerPlan[] }
  readonly recording: Recording
  readonly windows: Windows
  /** The start of the load, monotonic milliseconds. */
  readonly origin: number
  readonly onLook: (observation: Observation, backlogs: readonly Backlog[]) => void
}

/** Watches the servers while the load runs, and makes metrics and a part of the report of it. */
export class ServerWatch {
  /** Names of the streams with more than one replica. */
  readonly #replicated: readonly string[]
  readonly #windows: Windows
  readonly #origin: number
  readonly #observer: Observer
  readonly #timers: NodeJS.Timeout[] = []
  readonly history: History

  constructor({ nodes, plan, recording, windows, origin, onLook }: ServerWatchParts) {
    const streams = plan.streams.map(({ name }) => name)
    const consumers = plan.consumers.flatMap((consumer) =>
      consumer.kind === 'pull' ? [{ stream: consumer.stream, consumer: consumer.name }] : [],
    )
    this.#replicated = plan.streams.flatMap(({ name, replicas }) => (replicas > 1 ? [name] : []))
    this.#windows = windows
    this.#origin = origin
    this.history = new History(streams, origin)
    this.#observer = new Observer({
      nodes,
      streams,
      consumers: consumers.length > 0,
      onRound: (round) => {
        const { samples, ...observation } = this.history.add(round)
        const { changes } = observation
        const backlogs = backlogsIn(round, consumers)
        const span = windows.spanAt(round.at)
        const where = span ? windows.tags(span) : {}
        for (const { metric, tags, value } of samples) recording.aggregate.record(metric, { ...where, ...tags }, value)
        this.history.addBacklogs(round.at, backlogs)
        for (const { stream, consumer, messages } of backlogs) {
          recording.aggregate.record('backlog', { ...where, stream, consumer }, messages)
        }
        onLook(observation, backlogs)
        for (const { group, from, to, at } of changes) {
          const detail = `${group} from ${from ?? 'nobody'} to ${to}`
          recording.events.push({ at: at - origin, kind: 'leader', client: group, detail })
        }
      },
    })
  }

  start(): void {
    this.#observer.start()
  }

  /** Goroutines are counted shortly before these moments, milliseconds from now: the ends of stretches to compare. */
  countGoroutinesBefore(...momentsMs: readonly number[]): void {
    for (const moment of momentsMs) {
      const timer = setTimeout(() => this.#observer.countGoroutines(), Math.max(0, moment - countAheadMs))
      timer.unref()
      this.#timers.push(timer)
    }
  }

  /** Have all replicas of all streams that have several been seen current since `time`? */
  allCurrentSince(time: number): boolean {
    return this.#replicated.every((stream) => this.history.allCurrentAt(stream, time) !== undefined)
  }

  /** The last of those streams' first moments at which all replicas were current; undefined if there was none. */
  currentAt(time: number): number | undefined {
    const moments = this.#replicated.map((stream) => this.history.allCurrentAt(stream, time))
    if (moments.length === 0 || moments.some((moment) => moment === undefined)) return undefined
    return Math.max(time, ...(moments as number[]))
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#observer.stop()
  }

  /** For the report: times from the start of the load. */
  result(): ServersObserved {
    const { availability, quorum, interventions, replication, changes } = this.history
    return {
      availability: this.#shifted(availability),
      quorum: this.#shifted(quorum),
      interventions: interventions.map((one) => ({ ...one, ...this.#shiftedSpan(one) })),
      replication: this.#shifted(replication),
      leaderChanges: changes.map((change) => ({ ...change, at: change.at - this.#origin })),
      leaks: this.leakChecks().filter(isLeak),
      timeline: this.history.timeline(),
    }
  }

  /** What was held at the end, against what was held before the first fault. None when there was no fault between them. */
  leakChecks(): LeakCheck[] {
    const spans = this.#windows.spans
    const firstFault = spans.findIndex(({ window }) => window.kind === 'fault')
    const last = spans.at(-1)
    if (firstFault < 1 || last?.window.kind !== 'baseline' || last.to === undefined) return []
    const before = { from: spans[0]!.from, to: spans[firstFault]!.from }
    return this.history.checkLeaks(before, { from: last.from, to: last.to })
  }

  #shifted(outages: Readonly<Record<string, Outages>>): Record<string, Outages> {
    return Object.fromEntries(
      Object.entries(outages).map(([name, outage]) => [
        name,
        {
          ...outage,
          spans: outage.spans.map((span) => this.#shiftedSpan(span)),
        },
      ]),
    )
  }

  #shiftedSpan({ from, to }: Span): Span {
    return { from: from - this.#origin, ...(to !== undefined && { to: to - this.#origin }) }
  }
}
