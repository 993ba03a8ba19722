import {
  decodeHistogram,
  type MergedTrend,
  mergeInto,
  newTrend,
  observeTrend,
  recordedScale,
  supports,
} from '../../measure/index.ts'
import { countIn, type Stretch, seriesIn, stretchesOf } from '../breakdown.ts'
import { mergeGauges, sumRates } from '../merge.ts'
import type { Report, SeriesRecord } from '../schema.ts'
import { headlines } from '../tables/latency.ts'
import type { Figure } from './figure.ts'

/**
 * A run's figure, in the metric's unit. Infinite where it falls on something that never came: what failed or was never
 * answered ranks behind all that was, so that a build does not get faster by failing what is slow. Undefined where the
 * run has none, or too few samples for it.
 */
export function valueIn(report: Report, figure: Omit<Figure, 'better'>): number | undefined {
  const { definition, aggregation, stretch } = figure
  const series = seriesIn(report, definition.name, stretch)
  switch (definition.type) {
    case 'trend':
    case 'throughput':
      return ofTrend(report, figure, series)
    case 'counter': {
      // One that never counted is 0, where the run came so far.
      const seconds = secondsOf(report, stretch)
      const count = countIn(report, [definition.name], stretch)
      if (seconds === 0 && count === 0) return undefined
      return aggregation.kind === 'count' ? count : seconds > 0 ? count / seconds : undefined
    }
    case 'rate': {
      const { trues, total } = sumRates(series)
      return total > 0 ? trues / total : undefined
    }
    case 'gauge': {
      const gauge = mergeGauges(series)
      if (aggregation.kind === 'min' || aggregation.kind === 'max') return gauge?.[aggregation.kind]
      return gauge?.last
    }
  }
}

function ofTrend(
  report: Report,
  { definition: { name, type, unit, zeroWhere }, aggregation, name: asked, stretch }: Omit<Figure, 'better'>,
  series: readonly SeriesRecord[],
): number | undefined {
  const neverCame = countIn(report, unfinished(name), stretch)
  const trends = series.flatMap(({ value }) => (value.kind === 'trend' ? [value] : []))
  const [only] = trends
  // What the report itself says needs no decoding.
  if (only && trends.length === 1 && neverCame === 0 && !only.censored && only.percentiles[asked] !== undefined) {
    return only.percentiles[asked]
  }
  const scale = recordedScale(unit, type)
  const merged: MergedTrend = { ...newTrend(), scale }
  merged.censored = neverCame
  for (const { histogram, count, min, max, mean, censored } of trends) {
    mergeInto(merged, {
      kind: 'trend',
      histogram: decodeHistogram(histogram),
      min: count > 0 ? min * scale : Number.POSITIVE_INFINITY,
      max: max * scale,
      sum: mean * count * scale,
      censored: censored?.count ?? 0,
      waited: 0,
    })
  }
  const samples = merged.histogram.totalCount + merged.censored
  if (samples === 0) return zeroWhere !== undefined && countIn(report, [zeroWhere], stretch) > 0 ? 0 : undefined
  if (aggregation.kind === 'percentile') {
    // Of a low percentile, something must lie below it.
    if (!supports(samples, Math.max(aggregation.share, 1 - aggregation.share))) return undefined
  }
  return observeTrend(merged, aggregation).value
}

/** The metrics that count what is missing in a latency. */
function unfinished(metric: string): readonly string[] {
  for (const { metric: latency, service, censored } of headlines) {
    if (metric === latency) return Object.values(censored).flat()
    // What was dropped was never sent.
    if (metric === service) return Object.entries(censored).flatMap(([title, names]) => (title === 'drop' ? [] : names))
  }
  return []
}

function secondsOf(report: Report, { phase, window }: Stretch): number {
  const label = JSON.stringify(window)
  return stretchesOf(report).find((one) => one.phase === phase && JSON.stringify(one.window) === label)?.seconds ?? 0
}
