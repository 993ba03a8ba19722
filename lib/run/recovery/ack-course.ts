import type { AckTimes } from '../../load/index.ts'
import type { Took } from '../../report/index.ts'
import { took } from './took.ts'

export interface Gap {
  readonly from: number
  readonly to: number
}

export interface AckResult {
  readonly acksBack: Took
  readonly acksAfterHeal?: Took
  readonly ackStallMs: number
  readonly gap: Gap | undefined
}

/** The longest are enough: the one that is sought is among them. */
const keptGaps = 20

/** Longer than three times the time between two acks, and than 50 ms, is a gap. `rate` is a second's, undefined without a baseline. */
export function shortestGapMs(rate: number | undefined): number {
  return Math.max(50, rate ? 3_000 / rate : 0)
}

/** Acks through one fault. Times are monotonic milliseconds. */
export class AckCourse {
  readonly #appliedAt: number
  readonly #shortestMs: number
  readonly #calmMs: number
  readonly #gaps: Gap[] = []
  #lastAt: number
  #healedAt = Number.POSITIVE_INFINITY
  #afterHeal: number | undefined

  /**
   * @param lastAt the last ack before the fault
   * @param shortestMs a gap that is no shorter is one without acks, not just the time between two
   * @param calmMs the longest gap of baselines: acks that stopped for no longer did not stop for the fault
   */
  constructor(appliedAt: number, lastAt: number, shortestMs: number, calmMs: number) {
    this.#appliedAt = appliedAt
    this.#lastAt = lastAt
    this.#shortestMs = shortestMs
    this.#calmMs = calmMs
  }

  healed(at: number): void {
    this.#healedAt = at
  }

  /** In order. */
  add({ first, last, gap }: AckTimes): void {
    if (gap && gap.to >= this.#appliedAt && gap.to - gap.from >= this.#shortestMs) {
      this.#gaps.push(gap)
      if (this.#gaps.length > keptGaps) this.#gaps.sort((a, b) => lengthOf(b) - lengthOf(a)).pop()
    }
    if (last === undefined) return
    this.#lastAt = Math.max(this.#lastAt, last)
    // The interval that a heal ends is cut a moment after it.
    if (this.#afterHeal === undefined && last >= this.#healedAt) {
      this.#afterHeal = first !== undefined && first >= this.#healedAt ? first : last
    }
  }

  /**
   * @param until what came later does not belong to this fault
   * @param recoveredAt gaps that began later are none of its
   * @param leaderless until when a stream had no leader
   */
  result(until: number, recoveredAt: number | undefined, leaderless: number | undefined): AckResult {
    const open = { from: this.#lastAt, to: until }
    const gaps = [...this.#gaps, ...(lengthOf(open) >= this.#shortestMs ? [open] : [])].filter(
      ({ from }) => from < (recoveredAt ?? until),
    )
    const longest = gaps.length > 0 ? gaps.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a)) : undefined
    const stopped = longest && lengthOf(longest) > this.#calmMs ? longest : undefined
    const backAt = stopped === open ? undefined : (stopped?.to ?? this.#appliedAt)
    const stalls = gaps.map((gap) => lengthOf(gap) - overlap(gap, this.#appliedAt, leaderless ?? this.#appliedAt))
    return {
      acksBack: took(this.#appliedAt, backAt, until),
      ...(this.#healedAt < Number.POSITIVE_INFINITY && {
        acksAfterHeal: took(this.#healedAt, this.#afterHeal, until),
      }),
      gap: longest,
      ackStallMs: Math.max(0, ...stalls),
    }
  }
}

export function lengthOf({ from, to }: Gap): number {
  return to - from
}

function overlap(gap: Gap, from: number, to: number): number {
  return Math.max(0, Math.min(gap.to, to) - Math.max(gap.from, from))
}
