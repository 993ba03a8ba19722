import type { ChartTone } from './chart-data.ts'

/** Beyond eight, colours come again; the legend has the names. */
export function toneOf(index: number): ChartTone {
  return String((index % 8) + 1) as ChartTone
}
