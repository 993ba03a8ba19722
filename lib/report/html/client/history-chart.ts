import type uPlot from 'uplot'
import { formatValue } from '../format.ts'
import type { HistoryChart } from '../plot-data.ts'
import { bandChart } from './band-chart.ts'
import { axis, valueAxis } from './plot.ts'
import { colourOf } from './theme.ts'

const longestLabel = 16

/** A figure over builds, with a line where it changed. */
export function historyChart(
  place: HTMLElement,
  { unit, log, builds, medians, low, high, changes }: HistoryChart,
): void {
  const at = builds.map((_, index) => index)
  bandChart(
    place,
    {
      height: 240,
      tone: '1',
      xAxis: axis({
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
        values: (_, splits) => splits.map((index) => shortened(builds[index] ?? '')),
        space: 110,
      }),
      yAxis: valueAxis(unit),
      x: { range: (_, min, max) => [min - 0.5, max + 0.5] },
      y: log ? { distr: 3 } : {},
      labels: { at: 'build', line: 'median', low: 'lowest', high: 'highest' },
      textAt: (index) => shortened(builds[index] ?? ''),
      textOf: (value) => formatValue(value, unit),
      draw: (chart, context) => drawChanges(chart, context, changes),
    },
    { at, line: medians, low, high },
  )
}

function shortened(label: string): string {
  return label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label
}

function drawChanges(chart: uPlot, context: CanvasRenderingContext2D, changes: HistoryChart['changes']): void {
  const { top, height } = chart.bbox
  context.setLineDash([4, 3])
  context.lineWidth = 2
  for (const { at, tone } of changes) {
    context.strokeStyle = colourOf(tone)
    // Between the last build before it and the first after it.
    const x = Math.round(chart.valToPos(at - 0.5, 'x', true))
    context.beginPath()
    context.moveTo(x, top)
    context.lineTo(x, top + height)
    context.stroke()
  }
}
