import { decodeHistogram, newHistogram, recordedScale, summaryPercentiles } from '../measure/index.ts'
import type { SeriesRecord, TrendValue } from './schema.ts'

/** A distribution read from a report. Values in the metric's unit (milliseconds for times). */
export interface Distribution {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Those that `count` supports: see `TrendValue.percentiles`. */
  readonly percentiles: Readonly<Record<string, number>>
}

/** Several series of one metric as one; undefined when none of them is a trend with samples. */
export function mergeTrends(series: readonly SeriesRecord[]): Distribution | undefined {
  const trends = series.filter(isTrend).filter(({ value }) => value.count > 0)
  const [first] = trends
  if (!first) return undefined
  if (trends.length === 1) return first.value
  const scale = recordedScale(first.unit, first.type)
  const histogram = newHistogram()
  for (const { value } of trends) histogram.add(decodeHistogram(value.histogram))
  const count = histogram.totalCount
  const max = Math.max(...trends.map(({ value }) => value.max))
  return {
    count,
    min: Math.min(...trends.map(({ value }) => value.min)),
    max,
    mean: trends.reduce((sum, { value }) => sum + value.mean * value.count, 0) / count,
    percentiles: summaryPercentiles(histogram, max * scale, scale),
  }
}

function isTrend(series: SeriesRecord): series is SeriesRecord & { readonly value: TrendValue } {
  return series.value.kind === 'trend'
}
