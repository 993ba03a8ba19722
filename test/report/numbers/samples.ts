import { encodedBuckets, formatDuration, recordedScale, supports } from '../../../lib/measure/index.ts'
import type { Report, SeriesRecord } from '../../../lib/report/index.ts'

/** A tag that must not be there is `undefined`. */
type Wanted = Readonly<Record<string, string | undefined>>

/** The report's series of some metrics that have these tags, whatever other ones they have. */
export function find({ series }: Report, metrics: string | readonly string[], wanted: Wanted = {}): SeriesRecord[] {
  return series.filter(
    ({ metric, tags }) =>
      [metrics].flat().includes(metric) && Object.entries(wanted).every(([tag, value]) => tags[tag] === value),
  )
}

/** The sum of counters. */
export function count(series: readonly SeriesRecord[]): number {
  return series.reduce((sum, { value }) => sum + (value.kind === 'counter' ? value.count : 0), 0)
}

/** How often it was true, of how many looks. */
export function tally(series: readonly SeriesRecord[]): { trues: number; total: number } {
  let [trues, total] = [0, 0]
  for (const { value } of series) {
    if (value.kind !== 'rate') continue
    trues += value.trues
    total += value.total
  }
  return { trues, total }
}

/** The same as a share; undefined where nobody looked. */
export function share(series: readonly SeriesRecord[]): number | undefined {
  const { trues, total } = tally(series)
  return total === 0 ? undefined : trues / total
}

/** The most that gauges ever had. */
export function most(series: readonly SeriesRecord[]): number | undefined {
  const all = series.flatMap(({ value }) => (value.kind === 'gauge' ? [value.max] : []))
  return all.length === 0 ? undefined : Math.max(...all)
}

export interface Spread {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** By name, `p99.9`; undefined for one that so few samples do not support. */
  readonly at: (name: string) => number | undefined
}

/**
 * Trends together: one says itself what it was; of several the samples are laid side by side, as their histograms have them,
 * and counted through up to the first below or at which that share of them lies.
 */
export function spread(series: readonly SeriesRecord[]): Spread | undefined {
  const trends = series.flatMap(({ value }) => (value.kind === 'trend' && value.count > 0 ? [value] : []))
  const [first] = trends
  if (!first) return undefined
  if (trends.length === 1) return { ...first, at: (name) => first.percentiles[name] }
  const scale = recordedScale(series[0]!.unit, series[0]!.type)
  const buckets = trends.flatMap(({ histogram }) => encodedBuckets(histogram)).sort((a, b) => a.value - b.value)
  const total = trends.reduce((sum, one) => sum + one.count, 0)
  const max = Math.max(...trends.map((one) => one.max))
  return {
    count: total,
    min: Math.min(...trends.map(({ min }) => min)),
    max,
    mean: trends.reduce((sum, { mean, count }) => sum + mean * count, 0) / total,
    at: (name) => {
      const share = Number(name.slice(1)) / 100
      if (!supports(total, share)) return undefined
      let left = Math.max(1, Math.ceil(share * total - 1e-6))
      const bucket = buckets.find(({ count }) => {
        left -= count
        return left <= 0
      })
      return Math.min(bucket!.value / scale, max)
    },
  }
}

/** A dash for what is not known. */
export function dashed(value: number | undefined, format: (value: number) => string = formatDuration): string {
  return value === undefined ? '–' : format(value)
}
