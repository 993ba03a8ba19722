import type { Observation } from '../../observe/index.ts'
import type { BacklogRecord, QueueRecord, Took } from '../../report/index.ts'
import { isMetaGroup } from '../../topology/index.ts'
import type { Around, Calm } from './around.ts'
import { DrainCourse } from './drain-course.ts'
import { took } from './took.ts'

/** A leader is lost to a fault when that is seen while it is in force, or in the look after that. */
const lookMs = 1_500

interface Leadership {
  readonly before: string
  lostAt?: number
  ledAt?: number
}

/** What the servers said through one fault, by the second. Times are monotonic milliseconds. */
export class ServerCourse {
  readonly #appliedAt: number
  readonly #leaders: Map<string, Leadership>
  readonly #downBefore: ReadonlySet<string>
  readonly #unwellBefore: ReadonlySet<string>
  readonly #backlogs: DrainCourse<{ readonly stream: string }>
  readonly #queues: DrainCourse<{ readonly region?: string }>
  #healedAt = Number.POSITIVE_INFINITY
  #sign: { readonly at: number; readonly text: string } | undefined

  /**
   * @param before the look before the fault
   * @param calm the most messages that waited in a baseline
   * @param slack as many are nothing, whatever was there before
   */
  constructor(appliedAt: number, before: Observation | undefined, calm: Calm, slack: number) {
    this.#appliedAt = appliedAt
    this.#backlogs = new DrainCourse(calm.backlogs, slack)
    this.#queues = new DrainCourse(calm.queues, slack)
    const statuses = before?.statuses ?? []
    this.#leaders = new Map(
      statuses.flatMap(({ group, leader }) => (leader === undefined ? [] : [[group, { before: leader }]])),
    )
    this.#downBefore = new Set(before?.round.nodes.filter(({ server }) => !server).map(({ node }) => node))
    this.#unwellBefore = new Set(statuses.filter(({ quorum }) => !quorum).map(({ group }) => group))
  }

  healed(at: number): void {
    this.#healedAt = at
    this.#backlogs.healed(at)
    this.#queues.healed(at)
  }

  /** In order. */
  add(observation: Observation, { backlogs, queues }: Pick<Around, 'backlogs' | 'queues'>): void {
    const { at } = observation.round
    if (at < this.#appliedAt) return
    for (const { group, leader } of observation.statuses) this.#follow(group, leader, at)
    this.#sign ??= this.#signIn(observation)
    for (const { stream, region, messages } of queues) {
      this.#queues.add(stream, region === undefined ? {} : { region }, messages, at)
    }
    for (const { consumer, stream, messages } of backlogs) {
      // What a copy lacks is yet to come to its consumers.
      this.#backlogs.add(consumer, { stream }, messages, at, this.#queues.isDraining(stream))
    }
  }

  /** The first thing that was seen on a server. */
  get sign(): { readonly at: number; readonly text: string } | undefined {
    return this.#sign
  }

  /** By group, that of those that lost their leader. */
  newLeaders(until: number): Record<string, Took> {
    return Object.fromEntries(
      [...this.#leaders]
        .filter(([, { lostAt }]) => lostAt !== undefined)
        .map(([group, { ledAt }]) => [group, took(this.#appliedAt, ledAt, until)]),
    )
  }

  /** Groups that kept their leader. */
  get kept(): string[] {
    return [...this.#leaders].filter(([, { lostAt }]) => lostAt === undefined).map(([group]) => group)
  }

  /** Until when a stream had no leader; undefined when every one kept its own. */
  leaderlessUntil(until: number): number | undefined {
    const lost = [...this.#leaders].filter(([group, { lostAt }]) => !isMetaGroup(group) && lostAt !== undefined)
    return lost.length === 0 ? undefined : Math.max(...lost.map(([, { ledAt }]) => ledAt ?? until))
  }

  /** By consumer. */
  backlogs(until: number, judgeHeal: boolean): Record<string, BacklogRecord> {
    return this.#backlogs.result(until, judgeHeal)
  }

  /** By copy of a stream. */
  queues(until: number, judgeHeal: boolean): Record<string, QueueRecord> {
    return this.#queues.result(until, judgeHeal)
  }

  /** Is what waited for a consumer, or a copy of a stream, not yet worked off? */
  isDraining(what: keyof Calm, name: string): boolean {
    return (what === 'backlogs' ? this.#backlogs : this.#queues).isDraining(name)
  }

  #follow(group: string, leader: string | undefined, at: number): void {
    const leadership = this.#leaders.get(group)
    if (!leadership) return
    if (leadership.lostAt === undefined && leader !== leadership.before && at <= this.#healedAt + lookMs) {
      leadership.lostAt = at
    }
    if (leadership.lostAt !== undefined && leader !== undefined) leadership.ledAt ??= at
  }

  #signIn({ round, before, statuses }: Observation): { at: number; text: string } | undefined {
    const gone = round.nodes.find(
      ({ node, server, state }, index) =>
        server === undefined &&
        !this.#downBefore.has(node) &&
        // One that runs and was late once is no sign: the machine may be busy.
        (state !== 'running' || before?.nodes[index]?.server === undefined),
    )
    const unwell = statuses.find(({ group, quorum }) => !quorum && !this.#unwellBefore.has(group))
    const changed = [...this.#leaders].find(([, { lostAt }]) => lostAt !== undefined)
    const text = gone
      ? `${gone.node} did not answer`
      : unwell
        ? `${unwell.group} had no quorum`
        : changed && `${changed[0]} had another leader`
    return text === undefined ? undefined : { at: round.at, text }
  }
}
