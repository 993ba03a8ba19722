import { leastP } from './mann-whitney.ts'
import { normalBeyond, normalChance } from './normal.ts'
import type { Shift } from './shift.ts'

/** Stands for any more than these, too. */
export const mostMoreRuns = 1_000
const wantedChance = 0.6

/** What is known of a figure with so many runs a side, and what its verdict takes. */
export interface Undecided {
  readonly runs: number
  readonly shift: Shift
  readonly noiseFloor: number
  readonly leastShift: number
  /** What p must not exceed for a difference. */
  readonly alpha: number
}

/**
 * About how many more runs a side an INCONCLUSIVE figure takes: the fewest with which a verdict is likelier than not (60 %),
 * over the true shifts that what is known allows ("assurance": O'Hagan, Stevens and Campbell, Pharm. Stat. 4, 2005). Before
 * any run, none is taken to be as likely as some, of any size. Interval and noise floor narrow with the square root of the
 * runs; the least shift that matters stays. Undefined where something infinite is in the way.
 */
export function moreRuns(known: Undecided): number | undefined {
  const { interval, estimate } = known.shift
  if (!interval) return undefined
  const deviation = (interval.high - interval.low) / 2 / normalBeyond(1 - interval.level)
  if (![deviation, known.noiseFloor, estimate].every(Number.isFinite)) return undefined
  const likelihood = deviation === 0 ? Number(estimate === 0) : Math.exp(-((estimate / deviation) ** 2) / 2)
  const none = likelihood / (1 + likelihood)
  for (let more = 1; more < mostMoreRuns; more = Math.max(more + 1, Math.floor(more * 1.1))) {
    const runs = known.runs + more
    // What the estimate will be: today's runs have their part in it, and the new ones the rest.
    const part = known.runs / runs
    const ifNone = chanceOfVerdict(runs, estimate * part, deviation * Math.sqrt(part * (1 - part)), deviation, known)
    const ifSome = chanceOfVerdict(runs, estimate, deviation * Math.sqrt(1 - part), deviation, known)
    if (none * ifNone + (1 - none) * ifSome >= wantedChance) return more
  }
  return mostMoreRuns
}

/** With an estimate that is normal around `middle`, by `spread`; `deviation` is today's. */
function chanceOfVerdict(
  runs: number,
  middle: number,
  spread: number,
  deviation: number,
  { runs: now, noiseFloor, leastShift, alpha }: Undecided,
): number {
  const narrower = Math.sqrt(now / runs)
  const margin = Math.max(leastShift, noiseFloor * narrower)
  const isWithin = (bound: number) => {
    if (bound < 0) return 0
    if (spread === 0) return Number(Math.abs(middle) <= bound)
    return normalChance((bound - middle) / spread) - normalChance((-bound - middle) / spread)
  }
  const canDiffer = leastP(Math.min(runs, 12), Math.min(runs, 12)) <= alpha
  const differs = canDiffer ? 1 - isWithin(Math.max(margin, normalBeyond(alpha) * deviation * narrower)) : 0
  return differs + isWithin(margin - normalBeyond(0.05) * deviation * narrower)
}
