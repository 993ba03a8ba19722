import uPlot from 'uplot'
import type { ChartUnit } from '../chart-data.ts'
import { formatValue } from '../format.ts'
import { colourOf, forgetThemeListeners, onThemeChange } from './theme.ts'

/** Pixels that every chart leaves at its left, so that one moment is at one place in all of them. */
const gutter = 104
const rightMargin = 14
const axisFont = '12px system-ui, sans-serif'

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
  options: Omit<uPlot.Options, 'width' | 'height' | 'padding'>,
  data: uPlot.AlignedData,
  height: number,
): uPlot {
  place.replaceChildren()
  const chart = new uPlot(
    { ...options, padding: [8, rightMargin, 0, 0], width: Math.max(place.clientWidth, 200), height },
    data,
    place,
  )
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

/** The axis at the left. */
export function valueAxis(unit: ChartUnit): uPlot.Axis {
  return axis({
    size: gutter,
    values: (_, splits) => splits.map((value) => (value === null ? '' : formatValue(value, unit))),
  })
}
