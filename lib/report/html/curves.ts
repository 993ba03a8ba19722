import { recordedScale, supports, valueAt } from '../../measure/index.ts'
import { type Stretch, seriesIn } from '../breakdown.ts'
import { histogramOf } from '../merge.ts'
import type { Report } from '../schema.ts'
import { headlines, latencyRows } from '../tables/latency.ts'
import type { ChartTone, Curve, CurveChart } from './chart-data.ts'
import { rounded } from './round.ts'
import { toneOf } from './tones.ts'

const ticksPerHalving = 5
/** More lines than these can't be told apart. */
const mostCurves = 8

/** HdrHistogram's picture of a distribution, for each headline latency, a curve for each phase × window. */
export function curveCharts(report: Report): CurveChart[] {
  return headlines
    .map((headline) => ({
      id: headline.metric,
      title: `${headline.title} by percentile`,
      curves: latencyRows(headline, report)
        .slice(0, mostCurves)
        .flatMap(({ stretch }, index) => curve(report, headline.metric, stretch, toneOf(index)) ?? []),
    }))
    .filter(({ curves }) => curves.length > 0)
}

function curve(report: Report, metric: string, stretch: Stretch, tone: ChartTone): Curve | undefined {
  const series = seriesIn(report, metric, stretch)
  const histogram = histogramOf(series)
  if (histogram.totalCount === 0) return undefined
  const scale = recordedScale('time', 'trend')
  const max = Math.max(...series.map(({ value }) => (value.kind === 'trend' ? value.max : 0))) * scale
  const shares = percentileShares(histogram.totalCount)
  const { kind, faults } = stretch.window
  return {
    label: [stretch.phase, ...(kind === 'baseline' ? [] : [kind, faults.join('+')])].join(' '),
    tone,
    shares,
    values: shares.map((share) => rounded(valueAt(histogram, share, max) / scale)!),
  }
}

/**
 * Shares at equal steps of the nines axis, `ticksPerHalving` each time that what is beyond halves, as
 * HdrHistogram's percentile iterator; up to the last one that `count` samples support.
 */
function percentileShares(count: number): number[] {
  const shares: number[] = []
  for (let step = 0; ; step += 1) {
    const share = Number((1 - 2 ** (-step / ticksPerHalving)).toPrecision(8))
    if (!supports(count, share)) return shares
    shares.push(share)
  }
}
