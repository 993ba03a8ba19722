import { addPairs, encodeHistogram, mergePairs, newHistogram, valueInPairs } from './histogram.ts'
import { Intervals } from './intervals.ts'

/** Trend metrics whose every interval keeps its histogram: enough for a heatmap, not for all. */
export const headlineTrends: readonly string[] = ['publish_latency', 'request_latency', 'e2e_latency']

interface Interval {
  phase: number
  window: string
  due: number
  started: number
  dropped: number
  inFlight: number
  readonly counters: Map<string, number>
  readonly trends: Map<string, { pairs: Uint32Array; max: number }>
}

/** What one snapshot adds to the interval it began in. `at` is milliseconds from the start of the load. */
export interface TimelineEntry {
  readonly at: number
  readonly phase: number
  readonly window: string
  readonly due: number
  readonly started: number
  readonly dropped: number
  readonly inFlight: number
}

/** The run interval by interval, in memory that does not grow with its length. */
export class TimelineBuilder {
  readonly #intervals = new Intervals<Interval>(mergeIntervals)
  readonly #scales = new Map<string, number>()

  add(entry: TimelineEntry): void {
    const interval = this.#at(entry.at)
    interval.phase = entry.phase
    // A fault outranks what else happened in the same second: a reader looks for it.
    if (!interval.window.startsWith('fault') || entry.window.startsWith('fault')) interval.window = entry.window
    interval.due += entry.due
    interval.started += entry.started
    interval.dropped += entry.dropped
    interval.inFlight = entry.inFlight
  }

  addCounter(at: number, metric: string, by: number): void {
    const { counters } = this.#at(at)
    counters.set(metric, (counters.get(metric) ?? 0) + by)
  }

  /** `scale` is recorded units per shown unit. */
  addTrend(at: number, metric: string, scale: number, pairs: Uint32Array, max: number): void {
    this.#scales.set(metric, scale)
    const { trends } = this.#at(at)
    const known = trends.get(metric)
    trends.set(metric, {
      pairs: known ? mergePairs([known.pairs, pairs]) : pairs,
      max: Math.max(known?.max ?? 0, max),
    })
  }

  /** Columns of equal length, oldest first; see report/schema.ts. */
  build() {
    const { intervalMs, cells } = this.#intervals
    const intervals = cells.map((interval) => interval ?? emptyInterval())
    const column = <T>(read: (interval: Interval) => T): T[] => intervals.map(read)
    const names = (read: (interval: Interval) => Iterable<string>) => [
      ...new Set(intervals.flatMap((i) => [...read(i)])),
    ]
    return {
      intervalMs,
      at: intervals.map((_, index) => index * intervalMs),
      phase: column((interval) => interval.phase),
      window: column((interval) => interval.window),
      due: column((interval) => interval.due),
      started: column((interval) => interval.started),
      dropped: column((interval) => interval.dropped),
      inFlight: column((interval) => interval.inFlight),
      counters: Object.fromEntries(
        names((interval) => interval.counters.keys()).map((name) => [name, column((i) => i.counters.get(name) ?? 0)]),
      ),
      trends: Object.fromEntries(
        names((interval) => interval.trends.keys()).map((name) => [name, this.#trendColumns(intervals, name)]),
      ),
    }
  }

  #trendColumns(intervals: readonly Interval[], name: string) {
    const scale = this.#scales.get(name)!
    const trends = intervals.map((interval) => interval.trends.get(name))
    const percentile = (share: number) =>
      trends.map((trend) => (trend ? Math.min(valueInPairs([trend.pairs], share)!, trend.max) / scale : null))
    return {
      count: trends.map((trend) => (trend ? countOf(trend.pairs) : 0)),
      p50: percentile(0.5),
      p99: percentile(0.99),
      p999: percentile(0.999),
      max: trends.map((trend) => (trend ? trend.max / scale : null)),
      ...(headlineTrends.includes(name) && {
        histograms: trends.map((trend) => (trend ? encodePairs(trend.pairs) : null)),
      }),
    }
  }

  #at(at: number): Interval {
    return this.#intervals.update(at, (interval) => interval ?? emptyInterval())
  }
}

function emptyInterval(): Interval {
  return {
    phase: 0,
    window: 'baseline',
    due: 0,
    started: 0,
    dropped: 0,
    inFlight: 0,
    counters: new Map(),
    trends: new Map(),
  }
}

function mergeIntervals(first: Interval, second: Interval): Interval {
  const counters = new Map(first.counters)
  for (const [name, count] of second.counters) counters.set(name, (counters.get(name) ?? 0) + count)
  const trends = new Map(first.trends)
  for (const [name, { pairs, max }] of second.trends) {
    const known = trends.get(name)
    trends.set(
      name,
      known ? { pairs: mergePairs([known.pairs, pairs]), max: Math.max(known.max, max) } : { pairs, max },
    )
  }
  return {
    phase: second.phase,
    window: first.window.startsWith('fault') ? first.window : second.window,
    due: first.due + second.due,
    started: first.started + second.started,
    dropped: first.dropped + second.dropped,
    inFlight: second.inFlight,
    counters,
    trends,
  }
}

function countOf(pairs: Uint32Array): number {
  let total = 0
  for (let position = 1; position < pairs.length; position += 2) total += pairs[position]!
  return total
}

function encodePairs(pairs: Uint32Array): string {
  const histogram = newHistogram()
  addPairs(histogram, pairs)
  return encodeHistogram(histogram)
}
