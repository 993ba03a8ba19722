import type uPlot from 'uplot'
import type { ChartData, Line, Panel } from '../chart-data.ts'
import { drawBands, drawMarks } from './bands.ts'
import { formatMoment, formatValue } from './format.ts'
import { axis, follow, gutter, plot, rightMargin, selectToZoom, timeAxis, timeCursor } from './plot.ts'
import { colourOf } from './theme.ts'
import type { Zoom } from './zoom.ts'

const height = 220

/** Lines over the time of the run, with the faults behind them. */
export function panelChart(place: HTMLElement, panel: Panel, data: ChartData, zoom: Zoom): void {
  const { unit, log, lines, at } = panel
  const chart = plot(
    place,
    {
      padding: [8, rightMargin, 0, 0],
      cursor: timeCursor(zoom),
      scales: {
        x: { time: false, auto: false, min: zoom.range.from, max: zoom.range.to },
        y: log ? { distr: 3 } : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
      },
      axes: [
        timeAxis(),
        axis({
          size: gutter,
          values: (_, splits) => splits.map((value) => (value === null ? '' : formatValue(value, unit))),
        }),
      ],
      series: [
        { label: 'at', value: (_, time) => (time === null ? '–' : formatMoment(time)) },
        ...lines.map((line) => series(line, panel)),
      ],
      hooks: {
        drawClear: [(chart) => drawBands(chart, data.bands)],
        draw: [(chart) => drawMarks(chart, data.marks)],
        setSelect: selectToZoom(zoom) ?? [],
      },
    },
    [
      at,
      ...lines.map(({ values }) => (log ? values.map((value) => (value === 0 ? null : value)) : values)),
    ] as uPlot.AlignedData,
    height,
  )
  follow(place, chart, zoom)
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
