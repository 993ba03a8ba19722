import type { ClientEvent } from '../../load/index.ts'
import type { Aggregate } from '../../measure/index.ts'
import type { Observation, RegionLook } from '../../observe/index.ts'
import type { RecoveryRecord } from '../../report/index.ts'
import type { Interval } from '../recording/interval.ts'
import { lengthOf, shortestGapMs } from './ack-course.ts'
import type { Around, Calm } from './around.ts'
import { BaselineRate } from './baseline-rate.ts'
import { FaultCourse } from './fault-course.ts'
import { type FaultTags, recordMetrics } from './record-metrics.ts'

/** Shorter than this, an interval's rate says little. */
const shortestRateMs = 500

export interface FaultCoursesParts {
  readonly recording: {
    readonly aggregate: Aggregate
    /** When the load started; NaN until then. */
    readonly origin: number
  }
  /** The first moment from a time on when all replicas were current; absent when no stream has several. */
  readonly replicasCurrentAt: ((time: number) => number | undefined) | undefined
}

/**
 * How each firing of a fault went by, from what is told of the load and of the servers: the recovery records, and their
 * metrics. All times are monotonic milliseconds.
 */
export class FaultCourses {
  readonly #parts: FaultCoursesParts
  readonly #rates = new BaselineRate()
  readonly #calm = { backlogs: new Map<string, number>(), queues: new Map<string, number>() }
  readonly #open = new Map<string, { readonly course: FaultCourse; tags: FaultTags }>()
  readonly #records = new Map<string, RecoveryRecord>()
  #calmGapMs = 0
  #ackedAt: number | undefined
  #observation: Observation | undefined
  #regions: readonly RegionLook[] = []

  constructor(parts: FaultCoursesParts) {
    this.#parts = parts
  }

  /** Before the first control call of a fault in the phase with this index. */
  begin(id: string, phaseIndex: number, tags: FaultTags, at: number): void {
    for (const { course } of this.#open.values()) if (course.isHealed) course.endAt(at)
    const before = {
      at,
      rate: this.#rates.median(phaseIndex),
      ackedAt: this.#ackedAt,
      observation: this.#observation,
      regions: this.#regions,
      calm: this.#calm,
      calmGapMs: this.#calmGapMs,
    }
    this.#open.set(id, { course: new FaultCourse(before), tags })
  }

  /** It was put on one node, which is known now. */
  hit(id: string, node: string): void {
    const open = this.#open.get(id)
    if (open) open.tags = { ...open.tags, node }
  }

  /** It could not be applied, or not be healed: nothing can be said of it. */
  drop(id: string): void {
    this.#open.delete(id)
  }

  /** `alone`: no other fault is in force any more, so that what follows is the recovery from this one. */
  healed(id: string, at: number, alone: boolean): void {
    const course = this.#open.get(id)?.course
    if (alone) course?.healed(at)
    else course?.endAt(at)
  }

  recovered(id: string, afterMs: number): void {
    this.#open.get(id)?.course.recoveredAfter(afterMs)
  }

  interval(interval: Interval): void {
    const { from, to, window, phase, done, acks } = interval
    if (window === 'baseline' && to - from >= shortestRateMs) this.#rates.add(phase, (done * 1_000) / (to - from))
    this.#ackedAt = acks.last ?? this.#ackedAt
    if (window === 'baseline' && acks.gap && lengthOf(acks.gap) >= shortestGapMs(this.#rates.median(phase)))
      this.#calmGapMs = Math.max(this.#calmGapMs, lengthOf(acks.gap))
    for (const [id, { course }] of this.#open) {
      if (from >= course.until) this.#close(id, from, from)
      else course.interval(interval)
    }
  }

  /** `isCalm`: nothing is being done to the system, nor being recovered from, but for what a fault left waiting. */
  look(observation: Observation, around: Around, isCalm: boolean): void {
    const { backlogs, queues, regions } = around
    this.#observation = observation
    this.#regions = regions
    for (const { course } of this.#open.values()) course.look(observation, around)
    if (!isCalm) return
    for (const { consumer, messages } of backlogs) this.#raiseCalm('backlogs', consumer, messages)
    for (const { stream, messages } of queues) this.#raiseCalm('queues', stream, messages)
  }

  event({ kind, client, at, detail }: ClientEvent): void {
    if (kind !== 'disconnect') return
    const to = detail === undefined ? '' : ` to ${detail}`
    for (const { course } of this.#open.values()) course.noticed(at, `${client} lost its connection${to}`)
  }

  /** Nothing more will be told: the load ended, and the servers were looked at last. */
  end(loadEndedAt: number, lookedAt: number): void {
    for (const id of [...this.#open.keys()]) this.#close(id, loadEndedAt, lookedAt)
  }

  /** Of a firing that is over. */
  recordOf(id: string): RecoveryRecord | undefined {
    return this.#records.get(id)
  }

  /** What a fault left waiting may take longer than the rest of the recovery, and was not there before it. */
  #raiseCalm(what: keyof Calm, name: string, messages: number): void {
    for (const { course } of this.#open.values()) if (course.isDraining(what, name)) return
    const most = this.#calm[what]
    most.set(name, Math.max(most.get(name) ?? 0, messages))
  }

  #close(id: string, loadUntil: number, lookUntil: number): void {
    const { course, tags } = this.#open.get(id)!
    const { recording, replicasCurrentAt } = this.#parts
    const { aggregate, origin } = recording
    this.#open.delete(id)
    const { record, kept } = course.record(loadUntil, lookUntil, replicasCurrentAt)
    const { longestAckGap: gap } = record
    this.#records.set(id, { ...record, ...(gap && { longestAckGap: { ...gap, from: gap.from - origin } }) })
    recordMetrics(aggregate, tags, record, kept)
  }
}
