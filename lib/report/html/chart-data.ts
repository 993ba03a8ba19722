/**
 * What the page's script draws, as the page holds it. Times are seconds from the start of the load. Values are rounded to
 * four significant digits: they are for looking at. Spreads, which tables show, are the report's own.
 */
export interface ChartData {
  readonly seconds: number
  readonly stretches: readonly Zoom[]
  readonly bands: readonly Band[]
  readonly marks: readonly Mark[]
  readonly lanes: readonly Lane[]
  readonly panels: readonly Panel[]
  readonly heatmaps: readonly Heatmap[]
  readonly curves: readonly CurveChart[]
}

/** A part of the run that a button zooms to. */
export interface Zoom {
  readonly label: string
  readonly from: number
  readonly to: number
}

/** A fault in force, behind every chart. */
export interface Band {
  readonly label: string
  readonly from: number
  readonly to: number
}

/** A moment: another node leads. */
export interface Mark {
  readonly label: string
  readonly at: number
}

/** What one thing was at each time: a phase, a node, a leader. */
export interface Lane {
  readonly title: string
  readonly spans: readonly LaneSpan[]
}

export interface LaneSpan {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly tone: ChartTone
  /** How many spans this one stands for, where they are too short to be told apart. */
  readonly merged?: number
}

/** Names of the style sheet's colours; `1` to `8` tell things apart and mean nothing else. */
export type ChartTone = 'good' | 'caution' | 'bad' | 'fault' | 'muted' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8'

export type ChartUnit = 'time' | 'bytes' | 'count' | 'perSecond' | 'share'

/** Where on the page a panel stands. */
export type PagePart = 'timeline' | 'regions' | 'servers' | 'services' | 'script'

/** Lines over the time of the run, under one axis. */
export interface Panel {
  readonly id: string
  readonly part: PagePart
  readonly title: string
  /** One sentence: what a reader sees here. */
  readonly about: string
  readonly unit: ChartUnit
  /** Latencies of a run with faults span decades. */
  readonly log: boolean
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  /** What stands for several values where there is no room for all; the highest unless it says otherwise. */
  readonly merge?: 'lowest'
}

export interface Line {
  readonly label: string
  readonly tone: ChartTone
  readonly dashed?: boolean
  readonly filled?: boolean
  readonly values: readonly (number | null)[]
  readonly spread: Spread
}

/** Of the report's own values over all intervals of the load; null where it has none. */
export interface Spread {
  readonly lowest: number | null
  readonly median: number | null
  readonly highest: number | null
}

/** How many samples fell into each range of latency at each time. */
export interface Heatmap {
  readonly id: string
  readonly title: string
  /** Edges, one more than there are columns. */
  readonly at: readonly number[]
  /** Edges in milliseconds, rising, one more than there are rows. */
  readonly edges: readonly number[]
  /** By column, then by row from the lowest. */
  readonly counts: readonly (readonly number[])[]
}

export interface CurveChart {
  readonly id: string
  readonly title: string
  readonly curves: readonly Curve[]
}

/** A percentile curve: `shares` below 1, rising; `values` milliseconds. */
export interface Curve {
  readonly label: string
  readonly tone: ChartTone
  readonly shares: readonly number[]
  readonly values: readonly number[]
}
