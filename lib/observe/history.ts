import { metaGroup } from '../topology/index.ts'
import type { Backlog } from './backlogs.ts'
import { type GroupStatus, type MetaPlan, metaStatus, streamStatus } from './group-status.ts'
import { type Intervention, InterventionLog } from './interventions.ts'
import { type LeaderChange, leaderChanges } from './leaders.ts'
import { checkLeaks, type LeakCheck } from './leaks.ts'
import { type MetricSample, samplesFor } from './metrics.ts'
import { NamedTimeline } from './named-timeline.ts'
import type { Observation } from './observation.ts'
import type { QueueDepth } from './queue-depths.ts'
import type { RegionLook } from './region-looks.ts'
import { RegionTimeline } from './region-timeline.ts'
import { allCurrent, replicaLags } from './replicas.ts'
import type { Round } from './sample.ts'
import { type Span, SpanLog } from './spans.ts'
import { ClusterTimeline } from './timeline.ts'

/** A condition over the run: how often it failed, for how long, and when. */
export interface Outages {
  /** Share of the time that it held; 1 when it was looked at once at most. */
  readonly share: number
  readonly count: number
  readonly totalMs: number
  readonly spans: readonly Span[]
}

const keptChanges = 1_000

/** All that was seen of the servers, in memory that does not grow with time. */
export class History {
  readonly #streams: readonly string[]
  readonly #metas: readonly MetaPlan[]
  readonly #timeline: ClusterTimeline
  readonly #backlogs: NamedTimeline<number>
  readonly #queues: NamedTimeline<number>
  readonly #regions: RegionTimeline
  readonly #apart = new Map<string, SpanLog>()
  readonly #leaders = new Map<string, string>()
  readonly #statuses = new Map<string, GroupStatus>()
  readonly #down = new Map<string, SpanLog>()
  readonly #withoutQuorum = new Map<string, SpanLog>()
  readonly #behind = new Map<string, SpanLog>()
  readonly #interventions = new InterventionLog()
  readonly #changes: LeaderChange[] = []
  #before: Round | undefined
  #from: number | undefined

  /**
   * @param origin the time that the timeline counts from, monotonic milliseconds
   * @param metas the meta groups; one of all nodes by default
   */
  constructor(streams: readonly string[], origin: number, metas: readonly MetaPlan[] = [{ group: metaGroup }]) {
    this.#streams = streams
    this.#metas = metas
    this.#timeline = new ClusterTimeline(origin)
    this.#backlogs = new NamedTimeline(origin, Math.max)
    this.#queues = new NamedTimeline(origin, Math.max)
    this.#regions = new RegionTimeline(origin)
  }

  /** Takes the next round; what it is worth in metrics comes back with what follows from it. */
  add(round: Round): Observation & { readonly samples: readonly MetricSample[] } {
    const { at } = round
    const before = this.#before
    this.#before = round
    this.#from ??= at
    const statuses = [
      ...this.#metas.map((meta) => metaStatus(meta, round, before) ?? this.#lostMeta(meta)),
      ...this.#streams.map((stream) => streamStatus(stream, round, before, this.#statuses.get(stream))),
    ].filter((status) => status !== undefined)
    const changes = leaderChanges(this.#leaders, statuses, at)
    this.#changes.push(...changes.slice(0, keptChanges - this.#changes.length))
    const streams = statuses.filter(({ group }) => this.#streams.includes(group))
    const lags = streams.flatMap((status) => replicaLags(status, round, before))
    const current = streams.filter((status) => allCurrent(status, round, before)).map(({ group }) => group)
    for (const status of statuses) {
      this.#statuses.set(status.group, status)
      log(this.#withoutQuorum, status.group).add(at, !status.quorum)
    }
    this.#interventions.add(round, before, statuses)
    for (const { group } of streams) log(this.#behind, group).add(at, !current.includes(group))
    for (const { node, server } of round.nodes) log(this.#down, node).add(at, server === undefined)
    const observation = { round, before, statuses, changes, lags, current }
    this.#timeline.add(observation)
    return { ...observation, samples: samplesFor(observation) }
  }

  /** What the consumers had yet to deliver at a time, monotonic milliseconds. */
  addBacklogs(at: number, backlogs: readonly Backlog[]): void {
    this.#backlogs.add(
      at,
      backlogs.map(({ consumer, messages }) => [consumer, messages]),
    )
  }

  /** What was queued for the copies of streams at a time, monotonic milliseconds. */
  addQueues(at: number, queues: readonly QueueDepth[]): void {
    this.#queues.add(
      at,
      queues.map(({ stream, messages }) => [stream, messages]),
    )
  }

  /** How the regions were joined at a time, monotonic milliseconds. */
  addRegions(at: number, looks: readonly RegionLook[]): void {
    this.#regions.add(at, looks)
    for (const { between, connected } of looks) log(this.#apart, between).add(at, !connected)
  }

  /** In order; the first 1 000. */
  get changes(): readonly LeaderChange[] {
    return this.#changes
  }

  /** By node: did it answer? */
  get availability(): Readonly<Record<string, Outages>> {
    return this.#outages(this.#down)
  }

  /** By group (a meta group or a stream): was there a leader in contact with a majority? */
  get quorum(): Readonly<Record<string, Outages>> {
    return this.#outages(this.#withoutQuorum)
  }

  /** By pair of regions (`a-b`): did both list the other, and did messages cross both ways? */
  get connectivity(): Readonly<Record<string, Outages>> {
    return this.#outages(this.#apart)
  }

  /** Losses of quorum that could not end by themselves; the first 1 000. */
  get interventions(): readonly Intervention[] {
    return this.#interventions.list
  }

  /** By stream: were all its replicas current? */
  get replication(): Readonly<Record<string, Outages>> {
    return this.#outages(this.#behind)
  }

  /** The first moment from `after` on when every replica of `stream` was seen current; undefined if not yet. */
  allCurrentAt(stream: string, after: number): number | undefined {
    return this.#behind.get(stream)?.firstWithout(after)
  }

  /** Columns of equal length, oldest first. */
  timeline() {
    return {
      ...this.#timeline.build(),
      consumers: this.#backlogs.build((column) => ({ backlog: column(itself) })),
      queues: this.#queues.build((column) => ({ depth: column(itself) })),
      regions: this.#regions.build(),
    }
  }

  /** Compares what every server and the runner held in two stretches of the run, monotonic milliseconds. */
  checkLeaks(baseline: Required<Span>, recovery: Required<Span>): LeakCheck[] {
    const before = this.#timeline.uses(baseline)
    const after = this.#timeline.uses(recovery)
    return [...before].flatMap(([process, uses]) => checkLeaks(process, uses, after.get(process) ?? []))
  }

  /** A meta group that nobody tells of any more has not gone: nobody answers. */
  #lostMeta({ group }: MetaPlan): GroupStatus | undefined {
    const known = this.#statuses.get(group)
    return known && { ...known, up: 0, inContact: 0, leader: undefined, quorum: false }
  }

  #outages(logs: ReadonlyMap<string, SpanLog>): Record<string, Outages> {
    const ms = this.#before && this.#from !== undefined ? this.#before.at - this.#from : 0
    return Object.fromEntries(
      [...logs].map(([name, { count, totalMs, spans }]) => [
        name,
        { share: ms > 0 ? 1 - totalMs / ms : Number(count === 0), count, totalMs, spans },
      ]),
    )
  }
}

function itself(messages: number): number {
  return messages
}

function log(logs: Map<string, SpanLog>, name: string): SpanLog {
  const known = logs.get(name)
  if (known) return known
  const made = new SpanLog()
  logs.set(name, made)
  return made
}
