import type uPlot from 'uplot'
import type { Curve, CurveChart } from '../chart-data.ts'
import { formatShare, formatValue } from '../format.ts'
import { ninesOf, shareOf } from './nines.ts'
import { axis, plot, valueAxis } from './plot.ts'
import { colourOf } from './theme.ts'

const height = 300

/** Latency against percentile, HdrHistogram's picture: each nine takes the same width, so that the tail is what one sees. */
export function curveChart(place: HTMLElement, { curves }: CurveChart): void {
  // All curves have their points at the same shares; the longest has all of them.
  const shares = curves.reduce(
    (longest, one) => (one.shares.length > longest.length ? one.shares : longest),
    [] as readonly number[],
  )
  plot(
    place,
    {
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { distr: 3 } },
      axes: [
        axis({
          splits: (chart) => ticks.map(ninesOf).filter((x) => x <= (chart.scales.x?.max ?? 0)),
          values: (_, splits) => splits.map((x) => formatShare(shareOf(x))),
          space: 40,
        }),
        valueAxis('time'),
      ],
      series: [
        { label: 'percentile', value: (_, x) => (x === null ? '–' : formatShare(shareOf(x))) },
        ...curves.map(series),
      ],
    },
    [
      shares.map(ninesOf),
      ...curves.map(({ values }) => shares.map((_, index) => values[index] ?? null)),
    ] as uPlot.AlignedData,
    height,
  )
}

const ticks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]

function series({ label, tone }: Curve): uPlot.Series {
  return {
    label,
    stroke: () => colourOf(tone),
    width: 1.75,
    points: { show: false },
    value: (_, value) => formatValue(value, 'time'),
  }
}
