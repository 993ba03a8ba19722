import { moreRuns } from './more-runs.ts'
import { noiseFloor } from './noise-floor.ts'
import { type Shift, shiftBetween } from './shift.ts'

export type CompareVerdict = 'REGRESSED' | 'IMPROVED' | 'SAME' | 'INCONCLUSIVE'

/** Below this many runs a side there are figures, but no verdict. */
export const leastRuns = 6
/** The chance of any false verdict that is accepted, and what an interval may miss. */
export const usualAlpha = 0.05

/** One figure of every run of both sides. */
export interface Sample {
  /**
   * On the scale on which a shift is a sum: logarithms of what is compared as a ratio. Infinite where it falls on
   * something that never came.
   */
  readonly base: readonly number[]
  readonly head: readonly number[]
  /** The least shift that matters to the reader, on the same scale. */
  readonly leastShift: number
  readonly better: Direction
  /** More of the head's runs than of the base's have no such figure: it may have got worse, and never reads as fine. */
  readonly hasLost?: boolean
}

export type Direction = 'lower' | 'higher'

export interface Judgement {
  readonly shift: Shift
  /** Absent with fewer than four runs on both sides. */
  readonly noiseFloor?: number
  /** What a shift must exceed: the larger of the noise floor, unless that is infinite, and the least shift that matters. */
  readonly margin: number
  /** Holm's; absent where there is no verdict, as the verdict is. */
  readonly adjustedP?: number
  /** Absent with fewer than {@link leastRuns} runs a side. */
  readonly verdict?: CompareVerdict
  /** Of an INCONCLUSIVE one: about how many more runs a side it would take; {@link mostMoreRuns} stands for more, too. */
  readonly moreRuns?: number
}

/**
 * Judges a family of figures so that the chance of even one false REGRESSED or IMPROVED among them is at most 5 %.
 *
 * REGRESSED and IMPROVED: Mann and Whitney's test, corrected for the family by Holm (Scand. J. Stat. 6, 1979), shows a
 * difference, and the estimate exceeds the margin. SAME: the whole 95 % interval is within the margin. INCONCLUSIVE: neither.
 */
export function judge(samples: readonly Sample[], alpha = usualAlpha): Judgement[] {
  const shifts = samples.map(({ base, head }) => shiftBetween(base, head, usualAlpha))
  const judged = samples.map(({ base, head }) => Math.min(base.length, head.length) >= leastRuns)
  const adjusted = holm(shifts.map(({ p }, index) => (judged[index] ? p : undefined)))
  return samples.map((sample, index) => {
    const shift = shifts[index]!
    const floor = noiseFloor(sample.base, sample.head)
    const margin =
      floor !== undefined && Number.isFinite(floor) ? Math.max(floor, sample.leastShift) : sample.leastShift
    const adjustedP = adjusted[index]
    if (adjustedP === undefined || floor === undefined) {
      return { shift, margin, ...(floor !== undefined && { noiseFloor: floor }) }
    }
    const known = { shift, noiseFloor: floor, margin, adjustedP }
    const verdict = verdictOf(known, sample, alpha)
    if (verdict !== 'INCONCLUSIVE' || sample.hasLost) return { ...known, verdict }
    const family = judged.filter(Boolean).length
    const runs = Math.min(sample.base.length, sample.head.length)
    const { leastShift } = sample
    const more = moreRuns({ runs, shift, noiseFloor: floor, leastShift, alpha: alpha / family })
    return { ...known, verdict, ...(more !== undefined && { moreRuns: more }) }
  })
}

/** Holm's step-down correction: p × (how many are left), never below an earlier one. Leaves out what is undefined. */
export function holm(ps: readonly (number | undefined)[]): (number | undefined)[] {
  const order = ps.flatMap((p, index) => (p === undefined ? [] : [{ p, index }])).sort((a, b) => a.p - b.p)
  const adjusted: (number | undefined)[] = ps.map(() => undefined)
  let highest = 0
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (order.length - rank)))
    adjusted[index] = highest
  }
  return adjusted
}

function verdictOf(
  {
    shift: { estimate, interval },
    noiseFloor,
    margin,
    adjustedP,
  }: Required<Pick<Judgement, 'shift' | 'noiseFloor' | 'margin' | 'adjustedP'>>,
  { better, hasLost = false }: Sample,
  alpha: number,
): CompareVerdict {
  if (adjustedP <= alpha && Math.abs(estimate) > margin) {
    if (estimate > 0 === (better === 'lower')) return 'REGRESSED'
    return hasLost ? 'INCONCLUSIVE' : 'IMPROVED'
  }
  const isWithin = interval && interval.low >= -margin && interval.high <= margin && Number.isFinite(noiseFloor)
  return isWithin && !hasLost ? 'SAME' : 'INCONCLUSIVE'
}
