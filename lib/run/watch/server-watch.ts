import { now } from '../../measure/index.ts'
import {
  type Backlog,
  backlogsIn,
  type Copy,
  History,
  isLeak,
  type LeakCheck,
  type MetricSample,
  type Observation,
  Observer,
  type Outages,
  queueDepthsIn,
  type Round,
  type Span,
} from '../../observe/index.ts'
import type { ServersObserved } from '../../report/index.ts'
import type { Plan } from '../../script/index.ts'
import type { ServerNode } from '../../topology/index.ts'
import type { Recording } from '../recording/recording.ts'
import type { Windows } from '../recording/windows.ts'
import type { Around } from '../recovery/index.ts'
import { depthSamples, regionSamples } from './around-samples.ts'
import { RegionTags } from './region-tags.ts'
import { copiesIn, layoutOf, metasOf, type RegionWatch } from './region-watch.ts'

/** Time before the end of a stretch at which goroutines are counted. */
const countAheadMs = 3_000

export interface ServerWatchParts {
  readonly nodes: readonly ServerNode[]
  readonly plan: Plan
  readonly recording: Recording
  readonly windows: Windows
  /** The start of the load, monotonic milliseconds. */
  readonly origin: number
  /** Where there are regions. */
  readonly regions: RegionWatch | undefined
  readonly onLook: (observation: Observation, around: Around) => void
}

/** Watches the servers while the load runs, and makes metrics and a part of the report of it. */
export class ServerWatch {
  /** Names of the streams with more than one replica. */
  readonly #replicated: readonly string[]
  readonly #consumers: readonly Omit<Backlog, 'messages'>[]
  readonly #copies: readonly Copy[]
  readonly #tags: RegionTags
  readonly #parts: ServerWatchParts
  readonly #windows: Windows
  readonly #origin: number
  readonly #observer: Observer
  readonly #timers: NodeJS.Timeout[] = []
  #around: Around | undefined
  readonly history: History

  constructor(parts: ServerWatchParts) {
    const { nodes, plan, windows, origin } = parts
    const streams = plan.streams.map(({ name }) => name)
    const layout = layoutOf(plan)
    this.#parts = parts
    this.#consumers = plan.consumers.flatMap((consumer) =>
      consumer.kind === 'pull' ? [{ stream: consumer.stream, consumer: consumer.name }] : [],
    )
    this.#copies = copiesIn(plan.streams)
    this.#tags = new RegionTags(layout, plan.streams)
    this.#replicated = plan.streams.flatMap(({ name, replicas }) => (replicas > 1 ? [name] : []))
    this.#windows = windows
    this.#origin = origin
    this.history = new History(streams, origin, metasOf(layout))
    this.#observer = new Observer({
      nodes,
      streams,
      consumers: this.#consumers.length > 0,
      via: layout?.via,
      onRound: (round) => this.#look(round),
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

  /** Has a look since `time` seen that nothing is queued for any copy of a stream? */
  haveCaughtUpSince(time: number): boolean {
    if (this.#copies.length === 0) return true
    const { at, queues } = this.#around ?? { at: Number.NEGATIVE_INFINITY, queues: [] }
    return at >= time && queues.length === this.#copies.length && queues.every(({ messages }) => messages === 0)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#observer.stop()
    await this.#parts.regions?.stop()
  }

  /** For the report: times from the start of the load. */
  result(): ServersObserved {
    const { availability, quorum, interventions, replication, connectivity, changes } = this.history
    return {
      availability: this.#shifted(availability),
      quorum: this.#shifted(quorum),
      interventions: interventions.map((one) => ({ ...one, ...this.#shiftedSpan(one) })),
      replication: this.#shifted(replication),
      ...(Object.keys(connectivity).length > 0 && { connectivity: this.#shifted(connectivity) }),
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

  #look(round: Round): void {
    const { history } = this
    const { recording, regions, onLook } = this.#parts
    const { samples, ...observation } = history.add(round)
    const around: Around = {
      at: now(),
      backlogs: backlogsIn(round, this.#consumers),
      queues: queueDepthsIn(round, observation.before, this.#copies),
      regions: regions?.look(round) ?? [],
    }
    history.addBacklogs(round.at, around.backlogs)
    history.addQueues(round.at, around.queues)
    history.addRegions(around.at, around.regions)
    this.#around = around
    const record = (at: number, of: readonly MetricSample[]) => {
      const where = this.#windows.tagsAt(at)
      for (const { metric, tags, value } of of) {
        recording.aggregate.record(metric, { ...where, ...this.#tags.of(tags), ...tags }, value)
      }
    }
    record(round.at, [...samples, ...depthSamples(around)])
    record(around.at, regionSamples(around))
    onLook(observation, around)
    for (const { group, from, to, at } of observation.changes) {
      const detail = `${group} from ${from ?? 'nobody'} to ${to}`
      recording.events.add({ at: at - this.#origin, kind: 'leader', client: group, detail })
    }
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
