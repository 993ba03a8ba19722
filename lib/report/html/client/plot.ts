import uPlot from 'uplot'
import type { ChartUnit } from '../chart-data.ts'
import { formatValue } from '../format.ts'
import { onForget } from './forget.ts'
import { isPrinting, onPrint, paperWidth } from './paper.ts'
import { colourOf, onThemeChange } from './theme.ts'

/** Pixels that every chart leaves at its left, so that one moment is at one place in all of them. */
const gutter = 104
/** On a phone; the style sheet has both. */
const narrowGutter = 62
const narrow = 600
const rightMargin = 14
const axisFont = '12px system-ui, sans-serif'

/** What all charts have: colours of the theme, the width of their place, a redraw when either changes. */
export function plot(
  place: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height' | 'padding'>,
  data: uPlot.AlignedData,
  height: number,
): uPlot {
  const wanted = () => (isPrinting() ? paperWidth : Math.max(place.clientWidth, 200))
  place.replaceChildren()
  const chart = new uPlot({ ...options, padding: [8, rightMargin, 0, 0], width: wanted(), height }, data, place)
  const fit = () => {
    if ((place.clientWidth > 0 || isPrinting()) && wanted() !== chart.width) chart.setSize({ width: wanted(), height })
  }
  const watch = new ResizeObserver(fit)
  watch.observe(place)
  onPrint(fit)
  onThemeChange(() => chart.redraw(false))
  onForget(() => {
    watch.disconnect()
    chart.destroy()
  })
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
    size: () => (innerWidth < narrow ? narrowGutter : gutter),
    values: (_, splits) => splits.map((value) => (value === null ? '' : formatValue(value, unit))),
  })
}
