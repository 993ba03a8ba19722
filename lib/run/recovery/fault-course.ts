import type { Observation, RegionLook } from '../../observe/index.ts'
import type { RecoveryRecord } from '../../report/index.ts'
import type { Interval } from '../recording/interval.ts'
import { AckCourse, type AckResult, lengthOf, shortestGapMs } from './ack-course.ts'
import type { Around, Calm } from './around.ts'
import { RateCourse } from './rate-course.ts'
import { RegionCourse } from './region-course.ts'
import { ServerCourse } from './server-course.ts'
import { took } from './took.ts'

/** What was known when a fault began. Times are monotonic milliseconds. */
export interface Before {
  readonly at: number
  /** Operations a second; undefined without a baseline. */
  readonly rate: number | undefined
  /** The last ack; undefined in a run without any so far. */
  readonly ackedAt: number | undefined
  readonly observation: Observation | undefined
  readonly regions: readonly RegionLook[]
  readonly calm: Calm
  /** The longest time without an ack in baselines so far, ms; 0 where none was a gap. */
  readonly calmGapMs: number
}

/** What a fault did nothing to: groups that kept their leader, and pairs of regions that were never apart. */
export interface Kept {
  readonly groups: readonly string[]
  readonly regions: readonly string[]
}

/** A tenth of a second of messages is always under way. */
const underWayShare = 0.1

/** One firing of a fault, from its first control call to the next fault's or the end. */
export class FaultCourse {
  readonly #at: number
  readonly #acks: AckCourse | undefined
  readonly #rate: RateCourse | undefined
  readonly #servers: ServerCourse
  readonly #regions: RegionCourse
  #sign: { readonly at: number; readonly text: string } | undefined
  #healedAt: number | undefined
  #recoveredAt: number | undefined
  /** Of the load and of the servers: what came later does not belong to this fault. */
  #until = Number.POSITIVE_INFINITY

  constructor({ at, rate, ackedAt, observation, regions, calm, calmGapMs }: Before) {
    this.#at = at
    this.#acks = ackedAt === undefined ? undefined : new AckCourse(at, ackedAt, shortestGapMs(rate), calmGapMs)
    this.#rate = rate ? new RateCourse(rate, at) : undefined
    this.#servers = new ServerCourse(at, observation, calm, (rate ?? 0) * underWayShare)
    this.#regions = new RegionCourse(at, regions)
  }

  /** Another fault begins, or the load ends. */
  endAt(time: number): void {
    this.#until = Math.min(this.#until, time)
  }

  /** When another fault began, infinite until then. */
  get until(): number {
    return this.#until
  }

  /** The last fault in force was healed, so that what follows is recovery from it. */
  healed(at: number): void {
    this.#healedAt = at
    this.#acks?.healed(at)
    this.#rate?.healed(at)
    this.#servers.healed(at)
    this.#regions.healed(at)
  }

  get isHealed(): boolean {
    return this.#healedAt !== undefined
  }

  recoveredAfter(ms: number): void {
    if (this.#healedAt !== undefined) this.#recoveredAt = this.#healedAt + ms
  }

  interval(interval: Interval): void {
    if (interval.from >= this.#until) return
    this.#acks?.add(interval.acks)
    this.#rate?.add(interval)
    if (interval.acks.missed !== undefined) this.noticed(interval.acks.missed, 'an operation failed')
  }

  look(observation: Observation, around: Around): void {
    if (observation.round.at < this.#until) this.#servers.add(observation, around)
    if (around.at < this.#until) this.#regions.add(around.at, around.regions)
  }

  /** Is what waited for a consumer, or a copy of a stream, not yet worked off? */
  isDraining(what: keyof Calm, name: string): boolean {
    return this.#servers.isDraining(what, name)
  }

  /** A client saw that something was wrong. */
  noticed(at: number, text: string): void {
    if (at >= this.#at && at < (this.#sign?.at ?? this.#until)) this.#sign = { at, text }
  }

  /**
   * @param loadUntil when the load ended: after it nothing can be seen of a client
   * @param lookUntil when the servers were looked at last
   * @param replicasCurrentAt the first moment from a heal on when all replicas were current; absent when none has several
   */
  record(
    loadUntil: number,
    lookUntil: number,
    replicasCurrentAt: ((healedAt: number) => number | undefined) | undefined,
  ): { record: RecoveryRecord; kept: Kept } {
    const until = Math.min(this.#until, loadUntil)
    const serversUntil = Math.min(this.#until, lookUntil)
    const healedAt = this.#healedAt
    const leaderless = this.#servers.leaderlessUntil(serversUntil)
    const acks = this.#acks?.result(until, this.#recoveredAt, leaderless)
    const throughput = this.#rate?.throughput()
    const queues = this.#servers.queues(serversUntil, healedAt !== undefined)
    const record: RecoveryRecord = {
      detected: this.#detected(until),
      ...(acks && ackFields(acks)),
      newLeaders: this.#servers.newLeaders(serversUntil),
      ...(throughput && { throughput }),
      backlogs: this.#servers.backlogs(serversUntil, healedAt !== undefined),
      ...(Object.keys(queues).length > 0 && { queues }),
      ...(this.#regions.areThere && { regions: this.#regions.result(serversUntil, healedAt !== undefined) }),
      ...(healedAt !== undefined && {
        recovered: took(healedAt, this.#recoveredAt, until),
        ...(this.#rate && { fullThroughput: this.#rate.full(until) }),
        ...(replicasCurrentAt && { replicasCurrent: took(healedAt, replicasCurrentAt(healedAt), serversUntil) }),
      }),
    }
    return { record, kept: { groups: this.#servers.kept, regions: this.#regions.kept } }
  }

  #detected(until: number): RecoveryRecord['detected'] {
    const signs = [this.#sign, this.#servers.sign, this.#regions.sign].filter((sign) => sign !== undefined)
    const first = signs.length > 0 ? signs.reduce((a, b) => (b.at < a.at ? b : a)) : undefined
    // Once all is well again, what goes wrong is not this fault's.
    const sign = first && first.at <= (this.#recoveredAt ?? until) ? first : undefined
    return { ...took(this.#at, sign?.at, until), ...(sign && { sign: sign.text }) }
  }
}

function ackFields({ acksBack, acksAfterHeal, gap, ackStallMs }: AckResult): Partial<RecoveryRecord> {
  return {
    acksBack,
    ...(acksAfterHeal && { acksAfterHeal }),
    ...(gap && { longestAckGap: { ms: lengthOf(gap), from: gap.from } }),
    ackStallMs,
  }
}
