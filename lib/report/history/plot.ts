import { valueText } from '../compare/figure-words.ts'
import { clean, padEnd, padStart, textWidth, truncate } from '../terminal/text.ts'
import type { HistoryLine } from './history.ts'

const rows = 9
const widestStep = 8
const bars = '▁▂▃▄▅▆▇█'
const mostBars = 30

/** Medians as bars one beside another, the newest at the right; `!` is one that never came. */
export function sparkline({ builds }: HistoryLine): string {
  const medians = builds.slice(-mostBars).map(({ median }) => median)
  const finite = medians.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const barOf = (value: number) =>
    bars[high > low ? Math.round(((value - low) / (high - low)) * (bars.length - 1)) : 0]!
  return medians.map((value) => (Number.isFinite(value) ? barOf(value) : '!')).join('')
}

/**
 * A line over its builds, oldest at the left: `●` the median of a build's runs, `│` from the lowest to the highest, `▲` below a
 * build with which it changed. Where there is no room for all, the newest are shown. No line is wider than `width`.
 */
export function plotLine(line: HistoryLine, width: number): string[] {
  const { figure, changes } = line
  const extent = extentOf(line)
  if (!extent) return []
  const valueAt = (row: number) => extent.valueAt(1 - row / (rows - 1))
  const labels = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? valueText(valueAt(row), figure) : ''))
  const axis = Math.max(...labels.map(textWidth)) + 4
  const room = width - axis
  const step = Math.max(1, Math.min(widestStep, Math.floor(room / line.builds.length)))
  const first = Math.max(0, line.builds.length - Math.floor(room / step))
  const shown = line.builds.slice(first)
  const rowOf = (value: number) => (Number.isFinite(value) ? Math.round((1 - extent.placeOf(value)) * (rows - 1)) : 0)
  const columnsOf = (cell: (index: number) => string) =>
    shown
      .map((_, index) => padEnd(cell(index), step))
      .join('')
      .trimEnd()
  const plot = labels.map((label, row) => {
    const cells = columnsOf((index) => {
      const { low, high, median } = shown[index]!
      if (rowOf(median) === row) return Number.isFinite(median) ? '●' : '!'
      return rowOf(high) <= row && row <= rowOf(low) ? '│' : ''
    })
    return `  ${padStart(label, axis - 4)} ┤${cells}`
  })
  const indent = ' '.repeat(axis)
  const marks = columnsOf((index) => (changes.some(({ at }) => at === first + index) ? '▲' : ''))
  const last = clean(shown.at(-1)!.build)
  const half = Math.max(4, Math.floor((Math.min(room, shown.length * step) - 2) / 2))
  const [from, to] = [truncate(clean(shown[0]!.build), half), truncate(last, half)]
  const between = Math.max(2, (shown.length - 1) * step + 1 - textWidth(from) - textWidth(to))
  const names = shown.length === 1 ? from : `${from}${' '.repeat(between)}${to}`
  return [...plot, ...(marks === '' ? [] : [indent + marks]), indent + names].map((text) => text.trimEnd())
}

/** Where values lie between the lowest, 0, and the highest, 1: by their logarithm where they span decades. */
function extentOf({ builds, scale }: HistoryLine) {
  const finite = builds.flatMap(({ low, high, median }) => [low, high, median]).filter(Number.isFinite)
  if (finite.length === 0) return undefined
  const lowest = Math.min(...finite)
  const highest = Math.max(...finite)
  if (scale === 'ratio' && highest > 8 * lowest) {
    const span = Math.log(highest / lowest)
    return {
      placeOf: (value: number) => Math.log(value / lowest) / span,
      valueAt: (place: number) => lowest * Math.exp(place * span),
    }
  }
  // Of a line that is flat, there is still something below and above.
  const span = highest > lowest ? highest - lowest : Math.max(Math.abs(highest), 1)
  const start = highest > lowest ? lowest : lowest - span / 2
  return {
    placeOf: (value: number) => (value - start) / span,
    valueAt: (place: number) => start + place * span,
  }
}
