import { nullDistribution } from './mann-whitney.ts'

/** How far `head` lies above `base`, in the unit of the values. */
export interface Shift {
  /** Hodges and Lehmann's: the median of all differences of a run of `head` and a run of `base`. */
  readonly estimate: number
  /** Absent where so few runs can't bound it at the level asked for. */
  readonly interval?: {
    readonly low: number
    readonly high: number
    /** What the interval covers exactly; the least possible that is at least the level asked for. */
    readonly level: number
  }
  /** Two-sided, exact; ties count against a difference. */
  readonly p: number
}

/**
 * The shift of one sample against another with the interval that Mann and Whitney's test does not reject (Lehmann,
 * Nonparametrics, 1975, §2.6): between the differences of rank U+1 and nm−U, with U the largest for which 2·P(U) ≤ alpha.
 */
export function shiftBetween(base: readonly number[], head: readonly number[], alpha = 0.05): Shift {
  const differences = head.flatMap((y) => base.map((x) => difference(y, x))).sort((a, b) => a - b)
  const chances = nullDistribution(base.length, head.length)
  const notAbove = differences.filter((by) => by <= 0).length
  const notBelow = differences.filter((by) => by >= 0).length
  const p = Math.min(1, 2 * chances[Math.min(notAbove, notBelow)]!)
  const estimate = median(differences)
  const critical = chances.findLastIndex((chance) => 2 * chance <= alpha)
  if (critical < 0) return { estimate, p }
  const interval = {
    low: differences[critical]!,
    high: differences[differences.length - 1 - critical]!,
    level: 1 - 2 * chances[critical]!,
  }
  return { estimate, interval, p }
}

/** `y` − `x`; 0 of two that are infinite alike: what never came on both sides does not differ. */
export function difference(y: number, x: number): number {
  return y === x ? 0 : y - x
}

/** Of values in any order; NaN of none, and 0 halfway from −∞ to ∞. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1]!, sorted[middle]!]
  if (sorted.length % 2 === 1) return high
  return low === -high ? 0 : (low + high) / 2
}
