import type uPlot from 'uplot'
import { formatShare } from '../format.ts'
import type { DifferenceChart } from '../plot-data.ts'
import { bandChart } from './band-chart.ts'
import { ninesOf, shareOf } from './nines.ts'
import { axis, valueAxis } from './plot.ts'
import { colourOf } from './theme.ts'

/** By how much each percentile of the head is above the base's: where a difference is, in the middle or in the tail. */
export function differenceChart(place: HTMLElement, { shares, changes, low, high }: DifferenceChart): void {
  const at = shares.map(ninesOf)
  bandChart(
    place,
    {
      height: 260,
      tone: '1',
      xAxis: axis({ splits: () => at, values: () => shares.map(formatShare), space: 30 }),
      yAxis: valueAxis('share'),
      x: { range: (_, min, max) => [min - 0.1, max + 0.1] },
      y: { range: (_, min, max) => padded(Math.min(0, min), Math.max(0, max)) },
      labels: { at: 'percentile', line: 'change', low: 'from', high: 'to' },
      textAt: (nines) => formatShare(shareOf(nines)),
      textOf: signed,
      draw: drawZero,
    },
    { at, line: changes, low, high },
  )
}

function padded(low: number, high: number): [number, number] {
  const margin = Math.max(high - low, 0.02) * 0.08
  return [low - margin, high + margin]
}

function signed(change: number | null): string {
  if (change === null) return '–'
  return `${change < 0 ? '' : '+'}${(change * 100).toFixed(1)}%`
}

function drawZero(chart: uPlot, context: CanvasRenderingContext2D): void {
  const y = Math.round(chart.valToPos(0, 'y', true)) + 0.5
  context.strokeStyle = colourOf('faint')
  context.setLineDash([6, 4])
  context.beginPath()
  context.moveTo(chart.bbox.left, y)
  context.lineTo(chart.bbox.left + chart.bbox.width, y)
  context.stroke()
}
