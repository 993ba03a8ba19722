import type uPlot from 'uplot'
import type { ChartData, Line, Panel } from '../chart-data.ts'
import { formatValue } from '../format.ts'
import { drawBands, drawMarks } from './bands.ts'
import { colourOf } from './theme.ts'
import { timeChart } from './time-chart.ts'
import type { Zoom } from './zoom.ts'

const height = 220

/** Lines over the time of the run, with the faults behind them. */
export function panelChart(place: HTMLElement, panel: Panel, data: ChartData, zoom: Zoom): void {
  const { unit, log, lines, at } = panel
  timeChart(
    place,
    zoom,
    {
      unit,
      y: log ? { distr: 3 } : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
      timeLabel: 'at',
      series: lines.map((line) => series(line, panel)),
      hooks: {
        drawClear: [(chart) => drawBands(chart, data.bands)],
        draw: [(chart) => drawMarks(chart, data.marks)],
      },
    },
    [
      at,
      ...lines.map(({ values }) => (log ? values.map((value) => (value === 0 ? null : value)) : values)),
    ] as uPlot.AlignedData,
    height,
  )
}

function series({ label, tone, dashed, filled }: Line, { unit, at }: Panel): uPlot.Series {
  return {
    label,
    stroke: () => colourOf(tone),
    width: 1.5,
    ...(dashed && { dash: [6, 4] }),
    ...(filled && { fill: () => `color-mix(in srgb, ${colourOf(tone)} 12%, transparent)` }),
    points: { show: at.length < 60, size: 4 },
    spanGaps: false,
    value: (_, value) => formatValue(value, unit),
  }
}
