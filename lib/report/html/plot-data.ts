import type { ChartUnit } from './chart-data.ts'

/** What the script of a page that holds runs against each other draws; to four significant digits. */
export interface PlotData {
  readonly differences: readonly DifferenceChart[]
  readonly histories: readonly HistoryChart[]
}

/** How far each percentile lies from the base's, as a share of it, with its interval; null where there is none. */
export interface DifferenceChart {
  readonly id: string
  readonly shares: readonly number[]
  readonly changes: readonly (number | null)[]
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}

/** A figure over builds: the median of each one's runs, its lowest and its highest. */
export interface HistoryChart {
  readonly id: string
  readonly unit: ChartUnit
  readonly log: boolean
  readonly builds: readonly string[]
  readonly medians: readonly (number | null)[]
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
  readonly changes: readonly { readonly at: number; readonly tone: 'good' | 'bad' }[]
}
