import { countInPairs, valueInSorted } from './histogram.ts'
import { encodeIntervals, type PackedColumns } from './interval-histograms.ts'
import { Intervals } from './intervals.ts'
import { type PackedPairs, packPairs, unpackPairs } from './packed-pairs.ts'

/** Trend metrics whose intervals keep their histograms: enough for a heatmap, not for all. */
export const headlineTrends: readonly string[] = ['publish_latency', 'request_latency', 'http_latency', 'e2e_latency']

interface Interval {
  phase: number
  window: string
  due: number
  started: number
  dropped: number
  inFlight: number
  readonly counters: Map<string, number>
  readonly trends: Map<string, Trend>
}

/** Never changed, only replaced: what was worked out of it holds. Recorded units. */
interface Trend {
  readonly packed: PackedPairs
  readonly max: number
}

/** A stretch of time, milliseconds from the start of the load. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** What one snapshot adds to the seconds that it covers. */
export interface TimelineEntry extends Stretch {
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
  readonly #spreads = new WeakMap<Trend, Spread>()

  add(entry: TimelineEntry): void {
    const seconds = secondsOf(entry)
    for (const second of seconds) {
      const interval = this.#at(second.at)
      interval.phase = entry.phase
      // A fault outranks what else happened in the same second: a reader looks for it.
      if (!interval.window.startsWith('fault') || entry.window.startsWith('fault')) interval.window = entry.window
      interval.due += partOf(entry.due, second)
      interval.started += partOf(entry.started, second)
      interval.dropped += partOf(entry.dropped, second)
      interval.inFlight = entry.inFlight
    }
  }

  /** Spread over the seconds of the stretch; the sum stays what it is. */
  addCounter(stretch: Stretch, metric: string, by: number): void {
    for (const second of secondsOf(stretch)) {
      const { counters } = this.#at(second.at)
      counters.set(metric, (counters.get(metric) ?? 0) + partOf(by, second))
    }
  }

  /** A histogram is not spread: it goes to the second that has the middle. `scale` is recorded units per shown unit. */
  addTrend({ from, to }: Stretch, metric: string, scale: number, pairs: Uint32Array, max: number): void {
    this.#scales.set(metric, scale)
    const { trends } = this.#at((from + to) / 2)
    const known = trends.get(metric)
    trends.set(metric, {
      packed: known ? packPairs(unpackPairs(known.packed), pairs) : packPairs(pairs),
      max: Math.max(known?.max ?? 0, max),
    })
  }

  /** Columns of equal length, oldest first; see report/schema.ts. Without histograms it may be asked for every second. */
  build({ histograms = true } = {}) {
    const { intervalMs, cells } = this.#intervals
    const intervals = cells.map((interval) => interval ?? emptyInterval())
    const column = <T>(read: (interval: Interval) => T): T[] => intervals.map(read)
    const names = (read: (interval: Interval) => Iterable<string>) => [
      ...new Set(intervals.flatMap((i) => [...read(i)])),
    ]
    const { merged, columns: encoded } = encodeIntervals(histograms ? this.#headlinesIn(intervals) : {})
    return {
      intervalMs,
      ...(merged > 1 && { histogramMs: merged * intervalMs }),
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
        names((interval) => interval.trends.keys()).map((name) => [
          name,
          { ...this.#trendColumns(intervals, name), ...(encoded[name] && { histograms: encoded[name] }) },
        ]),
      ),
    }
  }

  #headlinesIn(intervals: readonly Interval[]): PackedColumns {
    const known = headlineTrends.filter((name) => this.#scales.has(name))
    return Object.fromEntries(known.map((name) => [name, intervals.map(({ trends }) => trends.get(name)?.packed)]))
  }

  #trendColumns(intervals: readonly Interval[], name: string) {
    const scale = this.#scales.get(name)!
    const trends = intervals.map((interval) => interval.trends.get(name))
    const spreads = trends.map((trend) => trend && this.#spreadOf(trend))
    const scaled = (read: (spread: Spread) => number) => spreads.map((spread) => (spread ? read(spread) / scale : null))
    return {
      count: spreads.map((spread) => spread?.count ?? 0),
      p50: scaled(({ p50 }) => p50),
      p99: scaled(({ p99 }) => p99),
      p999: scaled(({ p999 }) => p999),
      max: trends.map((trend) => (trend ? trend.max / scale : null)),
    }
  }

  #spreadOf(trend: Trend): Spread {
    const known = this.#spreads.get(trend)
    if (known) return known
    const { max } = trend
    const pairs = unpackPairs(trend.packed)
    const at = (share: number) => Math.min(valueInSorted(pairs, share)!, max)
    const spread = { count: countInPairs(pairs), p50: at(0.5), p99: at(0.99), p999: at(0.999) }
    this.#spreads.set(trend, spread)
    return spread
  }

  #at(at: number): Interval {
    return this.#intervals.update(at, (interval) => interval ?? emptyInterval())
  }
}

/** Recorded units. */
interface Spread {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** A second that a stretch covers, or a part of one, and the shares of the stretch that are over before and after it. */
interface Second {
  readonly at: number
  readonly before: number
  readonly after: number
}

const secondMs = 1_000
/** A timer's lateness: a stretch that reaches less than this into a second is not said to cover it. */
const leastMs = 50

/**
 * A snapshot is taken about once a second, not at the second. Counting it where it begins would leave a second empty that
 * was not, and double the one before, whenever two of them begin in one.
 */
function secondsOf({ from, to }: Stretch): Second[] {
  const cuts = [from]
  for (let second = Math.floor(from / secondMs + 1) * secondMs; second < to; second += secondMs) {
    if (second - from >= leastMs && to - second >= leastMs) cuts.push(second)
  }
  const share = (time: number) => (to > from ? (time - from) / (to - from) : 1)
  return cuts.map((start, index) => {
    const end = cuts[index + 1] ?? to
    return { at: (start + end) / 2, before: index === 0 ? 0 : share(start), after: share(end) }
  })
}

/** The parts of a whole number are whole, and add up to it; a script's counter may have another. */
function partOf(total: number, { before, after }: Second): number {
  if (!Number.isInteger(total)) return total * (after - before)
  return Math.round(total * after) - Math.round(total * before)
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
  for (const [name, trend] of second.trends) {
    const known = trends.get(name)
    trends.set(name, known ? mergeTrends(known, trend) : trend)
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

function mergeTrends(first: Trend, second: Trend): Trend {
  return {
    packed: packPairs(unpackPairs(first.packed), unpackPairs(second.packed)),
    max: Math.max(first.max, second.max),
  }
}
