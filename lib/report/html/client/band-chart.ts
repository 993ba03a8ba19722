import type uPlot from 'uplot'
import type { ChartTone } from '../chart-data.ts'
import { inside } from './bands.ts'
import { plot } from './plot.ts'
import { colourOf } from './theme.ts'

export interface BandChart {
  readonly height: number
  readonly tone: ChartTone
  readonly xAxis: uPlot.Axis
  readonly yAxis: uPlot.Axis
  readonly x: uPlot.Scale
  readonly y: uPlot.Scale
  /** Of the values at the places in `at`: what the legend calls them, and says of one. */
  readonly labels: { readonly at: string; readonly line: string; readonly low: string; readonly high: string }
  readonly textAt: (at: number) => string
  readonly textOf: (value: number | null) => string
  /** Behind and over the line. */
  readonly draw: (chart: uPlot, context: CanvasRenderingContext2D) => void
}

type Values = readonly (number | null)[]

/** A line with a band around it: how sure it is, or how spread. */
export function bandChart(
  place: HTMLElement,
  { height, tone, xAxis, yAxis, x, y, labels, textAt, textOf, draw }: BandChart,
  {
    at,
    line,
    low,
    high,
  }: { readonly at: readonly number[]; readonly line: Values; readonly low: Values; readonly high: Values },
): void {
  const edge = (label: string): uPlot.Series => ({
    label,
    stroke: () => `color-mix(in srgb, ${colourOf(tone)} 45%, transparent)`,
    width: 1,
    points: { show: false },
    value: (_, value) => textOf(value),
  })
  plot(
    place,
    {
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false, ...x }, y },
      axes: [xAxis, yAxis],
      series: [
        { label: labels.at, value: (_, value) => (value === null ? '–' : textAt(value)) },
        edge(labels.low),
        edge(labels.high),
        {
          label: labels.line,
          stroke: () => colourOf(tone),
          width: 2,
          points: { show: true, size: 7, fill: () => colourOf(tone) },
          value: (_, value) => textOf(value),
        },
      ],
      bands: [{ series: [2, 1], fill: () => `color-mix(in srgb, ${colourOf(tone)} 18%, transparent)` }],
      hooks: { draw: [(chart) => inside(chart, (context) => draw(chart, context))] },
    },
    [at, low, high, line] as unknown as uPlot.AlignedData,
    height,
  )
}
