import type { Timeline } from './schema.ts'

/** What one histogram of a timeline covers, milliseconds from the start of the load; null where there was no sample. */
export interface IntervalHistogram {
  readonly from: number
  readonly to: number
  readonly encoded: string | null
}

/** A trend's histograms, oldest first, the last one to the timeline's end; none where the trend kept none. */
export function intervalHistograms(timeline: Timeline, metric: string): IntervalHistogram[] {
  const { at, intervalMs, histogramMs = intervalMs, trends } = timeline
  const endMs = at.length * intervalMs
  return (trends[metric]?.histograms ?? []).map((encoded, index) => ({
    from: index * histogramMs,
    to: Math.min(endMs, (index + 1) * histogramMs),
    encoded,
  }))
}
