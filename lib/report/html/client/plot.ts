import uPlot from 'uplot'
import { formatMoment } from './format.ts'
import { colourOf, forgetThemeListeners, onThemeChange } from './theme.ts'
import type { Zoom } from './zoom.ts'

/** Pixels that every chart over time leaves at its left, so that one moment is at one place in all of them. */
export const gutter = 104
export const rightMargin = 14

export const axisFont = '12px system-ui, sans-serif'

let drawn: { readonly chart: uPlot; readonly watch: ResizeObserver }[] = []

/** Ends the charts that were drawn before: their places are gone. */
export function forgetCharts(): void {
  for (const { chart, watch } of drawn) {
    watch.disconnect()
    chart.destroy()
  }
  drawn = []
  forgetThemeListeners()
}

/** What all charts have: colours of the theme, the width of their place, a redraw when either changes. */
export function plot(
  place: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height'>,
  data: uPlot.AlignedData,
  height: number,
): uPlot {
  place.replaceChildren()
  const chart = new uPlot({ ...options, width: Math.max(place.clientWidth, 200), height }, data, place)
  const watch = new ResizeObserver(() => {
    if (place.clientWidth > 0 && place.clientWidth !== chart.width) chart.setSize({ width: place.clientWidth, height })
  })
  watch.observe(place)
  drawn.push({ chart, watch })
  onThemeChange(() => chart.redraw(false))
  return chart
}

export function axis(more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => colourOf('faint'),
    grid: { stroke: () => colourOf('grid'), width: 1 },
    ticks: { stroke: () => colourOf('grid'), width: 1, size: 4 },
    font: axisFont,
    ...more,
  }
}

export function timeAxis(): uPlot.Axis {
  return axis({ values: (_, splits) => splits.map(formatMoment), incrs: timeSteps, space: 70 })
}

/** Steps of a clock: 1, 2, 5, 10, 15, 30 of seconds, minutes. */
const timeSteps = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200]

/** Lets a chart over time follow the shared zoom, and set it when somebody drags over the chart or uses keys on it. */
export function follow(place: HTMLElement, chart: uPlot, zoom: Zoom): void {
  zoom.onChange(({ from, to }) => chart.setScale('x', { min: from, max: to }))
  place.addEventListener('keydown', (event) => {
    const act = keys(chart, zoom)[event.key]
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    act(event.shiftKey)
  })
}

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
  const times = chart.data[0]
  const { min = 0 } = chart.scales.x ?? {}
  const first = Math.max(
    0,
    Array.prototype.findIndex.call(times, (time: number) => time >= (min ?? 0)),
  )
  const now = chart.cursor.idx ?? first - by
  const next = Math.max(0, Math.min(times.length - 1, now + by))
  chart.setCursor({ left: chart.valToPos(times[next]!, 'x'), top: chart.bbox.height / devicePixelRatio / 2 })
}

/** What a drag selected becomes everybody's range; the chart's own scale then follows as the others do. */
export function selectToZoom(zoom: Zoom): uPlot.Hooks.Arrays['setSelect'] {
  return [
    (chart) => {
      const { left, width } = chart.select
      if (width < 4) return
      zoom.set(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'))
      chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    },
  ]
}

export const sharedCursor = 'run'

/** A cursor that all charts over time share; a drag selects, and does not zoom by itself. */
export function timeCursor(zoom: Zoom): uPlot.Cursor {
  return {
    drag: { x: true, y: false, setScale: false },
    sync: { key: sharedCursor, setSeries: false },
    bind: {
      dblclick: () => () => {
        zoom.reset()
        return null
      },
    },
  }
}
