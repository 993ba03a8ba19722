import type uPlot from 'uplot'
import type { ChartUnit } from '../chart-data.ts'
import { formatMoment } from '../format.ts'
import { axis, plot, valueAxis } from './plot.ts'
import type { Zoom } from './zoom.ts'

export interface TimeChartOptions {
  readonly unit: ChartUnit
  readonly y: uPlot.Scale
  /** What the legend calls the time. */
  readonly timeLabel: string
  readonly series: readonly uPlot.Series[]
  readonly hooks: uPlot.Hooks.Arrays
}

/** A chart over the time of the run: it has its part of the run and its cursor in common with all others. */
export function timeChart(
  place: HTMLElement,
  zoom: Zoom,
  { unit, y, timeLabel, series, hooks }: TimeChartOptions,
  data: uPlot.AlignedData,
  height: number,
): void {
  const chart = plot(
    place,
    {
      cursor: timeCursor(zoom),
      scales: { x: { time: false, auto: false, min: zoom.range.from, max: zoom.range.to }, y },
      axes: [timeAxis(), valueAxis(unit)],
      series: [{ label: timeLabel, value: (_, time) => (time === null ? '–' : formatMoment(time)) }, ...series],
      hooks: { ...hooks, setSelect: [(chart) => selectToZoom(chart, zoom)] },
    },
    data,
    height,
  )
  zoom.onChange(({ from, to }) => chart.setScale('x', { min: from, max: to }))
  place.addEventListener('keydown', (event) => {
    const act = keys(chart, zoom)[event.key]
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    act(event.shiftKey)
    // After the chart, which follows its cursor when this task is done.
    queueMicrotask(() => say(place))
  })
}

function timeAxis(): uPlot.Axis {
  return axis({ values: (_, splits) => splits.map(formatMoment), incrs: timeSteps, space: 70 })
}

/** Steps of a clock: 1, 2, 5, 10, 15, 30 of seconds, minutes. */
const timeSteps = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200]

function keys(chart: uPlot, zoom: Zoom): Readonly<Record<string, (shift: boolean) => void>> {
  return {
    ArrowLeft: (shift) => (shift ? zoom.pan(-0.25) : step(chart, -1)),
    ArrowRight: (shift) => (shift ? zoom.pan(0.25) : step(chart, 1)),
    '+': () => zoom.scale(0.5),
    '=': () => zoom.scale(0.5),
    '-': () => zoom.scale(2),
    '0': () => zoom.reset(),
    Escape: () => zoom.reset(),
  }
}

/** Moves the cursor by points, from the left edge where there is none yet. */
function step(chart: uPlot, by: number): void {
  const times = chart.data[0] as readonly number[]
  const start = chart.scales.x?.min ?? 0
  const first = Math.max(
    0,
    times.findIndex((time) => time >= start),
  )
  const now = chart.cursor.idx ?? first - by
  const next = Math.max(0, Math.min(times.length - 1, now + by))
  chart.setCursor({ left: chart.valToPos(times[next]!, 'x'), top: chart.bbox.height / devicePixelRatio / 2 })
}

/** The values under the cursor, for who can't see it move. */
function say(place: HTMLElement): void {
  const values = [...place.querySelectorAll('.u-series')].map(
    (one) => `${one.querySelector('.u-label')?.textContent} ${one.querySelector('.u-value')?.textContent}`,
  )
  const said = document.getElementById('said')
  if (said) said.textContent = values.join('; ')
}

/** What a drag selected becomes everybody's range; the chart's own scale then follows as the others do. */
function selectToZoom(chart: uPlot, zoom: Zoom): void {
  const { left, width } = chart.select
  if (width < 4) return
  zoom.set(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'))
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
}

/** A cursor that all charts over time share; a drag selects, and does not zoom by itself. */
function timeCursor(zoom: Zoom): uPlot.Cursor {
  return {
    drag: { x: true, y: false, setScale: false },
    sync: { key: 'run', setSeries: false },
    bind: {
      dblclick: () => () => {
        zoom.reset()
        return null
      },
    },
  }
}
