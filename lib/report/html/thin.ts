import { formatDuration } from '../../measure/index.ts'
import type { Line, Panel } from './chart-data.ts'

/** Values in all panels together, some 5 bytes each: what keeps the page of a long run with many servers below 1 MB. */
const mostValues = 90_000
/** However many lines there are. */
const fewestPoints = 200

/**
 * Panels that a page can carry: neighbours are merged where there are too many. A rate is the mean of those merged; of
 * anything else the highest stands for them, since a percentile of percentiles says nothing, or the lowest where the panel
 * wants it. The panel says so.
 */
export function thinned(panels: readonly Panel[]): Panel[] {
  const lines = panels.reduce((sum, panel) => sum + panel.lines.length, 0)
  const most = Math.max(fewestPoints, Math.floor(mostValues / Math.max(1, lines)))
  return panels.map((panel) => thin(panel, most))
}

function thin(panel: Panel, most: number): Panel {
  const { at, unit, lines, about, merge } = panel
  const merged = Math.ceil(at.length / most)
  if (merged <= 1) return panel
  const isRate = unit === 'perSecond'
  const extreme = merge === 'lowest' ? lowest : highest
  const length = formatDuration((at[merged]! - at[0]!) * 1_000)
  return {
    ...panel,
    about: `${about} Each point stands for ${length}: ${isRate ? 'their mean' : `the ${merge ?? 'highest'} in them`}.`,
    at: at.filter((_, index) => index % merged === 0),
    lines: lines.map((line): Line => ({ ...line, values: mergeValues(line.values, merged, isRate ? mean : extreme) })),
  }
}

type Values = readonly (number | null)[]

function mergeValues(values: Values, merged: number, merge: (known: readonly number[]) => number): (number | null)[] {
  return Array.from({ length: Math.ceil(values.length / merged) }, (_, index) => {
    const known = values.slice(index * merged, (index + 1) * merged).filter((value) => value !== null)
    return known.length === 0 ? null : merge(known)
  })
}

function highest(values: readonly number[]): number {
  return Math.max(...values)
}

function lowest(values: readonly number[]): number {
  return Math.min(...values)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
