import { decodeHistogram, type Histogram, newHistogram, recordedScale, summaryPercentiles } from '../measure/index.ts'
import type { GaugeValue, RateValue, SeriesRecord, TrendValue } from './schema.ts'

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
  const histogram = histogramOf(trends)
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

/** The trends' histograms as one, in recorded units; what is no trend has none. */
export function histogramOf(series: readonly SeriesRecord[]): Histogram {
  const histogram = newHistogram()
  for (const { value } of series) if (value.kind === 'trend') histogram.add(decodeHistogram(value.histogram))
  return histogram
}

/** Counters as one; what is no counter counts nothing. */
export function sumCounters(series: readonly SeriesRecord[]): number {
  return series.reduce((sum, { value }) => sum + (value.kind === 'counter' ? value.count : 0), 0)
}

/** Rates as one; no samples where there is no rate. */
export function sumRates(series: readonly SeriesRecord[]): Pick<RateValue, 'trues' | 'total'> {
  let [trues, total] = [0, 0]
  for (const { value } of series) {
    if (value.kind !== 'rate') continue
    trues += value.trues
    total += value.total
  }
  return { trues, total }
}

/** Gauges as one, the last of which has the last value; undefined where there is none. */
export function mergeGauges(series: readonly SeriesRecord[]): Pick<GaugeValue, 'last' | 'min' | 'max'> | undefined {
  const gauges = series.flatMap(({ value }) => (value.kind === 'gauge' ? [value] : []))
  if (gauges.length === 0) return undefined
  return {
    last: gauges.at(-1)!.last,
    min: Math.min(...gauges.map(({ min }) => min)),
    max: Math.max(...gauges.map(({ max }) => max)),
  }
}

function isTrend(series: SeriesRecord): series is SeriesRecord & { readonly value: TrendValue } {
  return series.value.kind === 'trend'
}
