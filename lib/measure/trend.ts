import { encodeHistogram, type Histogram, newHistogram, summaryPercentiles, valueAt } from './histogram.ts'
import { highestValue } from './recorder.ts'
import type { Aggregation } from './threshold.ts'

/** A distribution as it is collected, in recorded units. */
export interface TrendState {
  readonly kind: 'trend'
  readonly histogram: Histogram
  min: number
  max: number
  sum: number
  /** Samples that never came, and the longest that one of them was waited for. */
  censored: number
  waited: number
}

/** Several series' as one. `scale` is recorded units in one of the metric's. */
export type MergedTrend = TrendState & { readonly scale: number }

/**
 * What a threshold is held against. `value` is undefined when nothing was sampled, and infinite where it falls on
 * something that never came: that was waited for `waited` at most, in the metric's unit.
 */
export interface Observation {
  readonly value: number | undefined
  readonly samples: number
  readonly waited?: number
}

export function newTrend(): TrendState {
  const none = { max: 0, sum: 0, censored: 0, waited: 0 }
  return { kind: 'trend', histogram: newHistogram(), min: Number.POSITIVE_INFINITY, ...none }
}

export function addValue(trend: TrendState, recorded: number): void {
  trend.histogram.recordValue(Math.min(recorded, highestValue))
  trend.min = Math.min(trend.min, recorded)
  trend.max = Math.max(trend.max, recorded)
  trend.sum += recorded
}

export function mergeInto(merged: TrendState, { histogram, min, max, sum, censored, waited }: TrendState): void {
  merged.histogram.add(histogram)
  merged.min = Math.min(merged.min, min)
  merged.max = Math.max(merged.max, max)
  merged.sum += sum
  merged.censored += censored
  merged.waited = Math.max(merged.waited, waited)
}

/** What never came ranks behind all that did, and takes the average with it. Not for a trend without any sample. */
export function observeTrend(trend: MergedTrend, by: Aggregation): Observation {
  const { histogram, min, max, sum, censored, waited, scale } = trend
  const came = histogram.totalCount
  const samples = came + censored
  if (by.kind === 'count') return { value: samples, samples }
  const share = by.kind === 'percentile' ? by.share : by.kind === 'min' ? 0 : 1
  // Of 3 that came and 1 that did not, the 3rd is the 75th percentile.
  const shareOfCame = (share * samples) / came
  if (censored > 0 && (came === 0 || shareOfCame > 1 + 1e-9)) {
    return { value: Number.POSITIVE_INFINITY, samples, waited: waited / scale }
  }
  if (by.kind === 'percentile') return { value: valueAt(histogram, Math.min(1, shareOfCame), max) / scale, samples }
  const recorded = { avg: sum / samples, min, max }
  return { value: recorded[by.kind as keyof typeof recorded] / scale, samples }
}

/** As a report has it: every number finite, also where none of the samples came. */
export function trendValue({ histogram, min, max, sum, censored, waited }: TrendState, scale: number) {
  const count = histogram.totalCount
  return {
    kind: 'trend' as const,
    count,
    min: count > 0 ? min / scale : 0,
    max: max / scale,
    mean: count > 0 ? sum / count / scale : 0,
    percentiles: summaryPercentiles(histogram, max, scale),
    histogram: encodeHistogram(histogram),
    ...(censored > 0 && { censored: { count: censored, waited: waited / scale } }),
  }
}
