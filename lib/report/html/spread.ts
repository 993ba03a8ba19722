import type { Line, Panel, Spread } from './chart-data.ts'

/** A panel as the report has it: every value, with all its digits. */
export interface WholePanel extends Omit<Panel, 'lines'> {
  readonly lines: readonly WholeLine[]
}

export type WholeLine = Omit<Line, 'spread'>

/**
 * With what its figures say. To be made before anything is merged or rounded: the lowest of maxima is no lowest, and what is
 * rounded twice may be off by one in its last digit.
 */
export function withSpreads(panel: WholePanel): Panel {
  return { ...panel, lines: panel.lines.map((line) => ({ ...line, spread: spreadOf(line.values) })) }
}

function spreadOf(values: Line['values']): Spread {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? null
  return { lowest: at(0), median: at(Math.floor((sorted.length - 1) / 2)), highest: at(sorted.length - 1) }
}
