import { encodeIntervals, highestValue, histogramBudget, maxIntervals, Recorder } from '../../lib/measure/index.ts'
import { type PackedPairs, packPairs } from '../../lib/measure/packed-pairs.ts'
import { ofRegion, type Report, type TrendTimeline } from '../../lib/report/index.ts'
import { betweenOf, pairsOf, type RegionsPlan } from '../../lib/topology/index.ts'
import { recordedReport } from './recorded.ts'

const intervals = maxIntervals
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
const groups = ['_meta_', 'ORDERS', 'PAYMENTS', 'EVENTS']
const regions = ['a', 'b', 'c']
const pairs = pairsOf(regions).map(betweenOf)
const headlines = ['publish_latency', 'request_latency', 'http_latency', 'e2e_latency']
const ownTrends = ['order_value', 'checkout_time', 'cart_size']

export interface Fullness {
  /** Of each latency in each second. */
  readonly samples?: number
  /** Of the logarithm of a latency: 0.77 has p99.9 at 0.2 s where p50 is 1 ms. */
  readonly spread?: number
  /** Latencies beside the headlines that keep their histograms. */
  readonly more?: readonly string[]
}

/** Seconds after which the histograms repeat: a power of two, so that merged ones do, too. */
const distinct = 128

/**
 * As large as a report becomes, however long the run: every interval that a timeline keeps, filled; five nodes, and the
 * metrics of all scenarios, three regions among them. The parts are a recorded run's, repeated.
 */
export async function fullLengthReport({ samples = 2_000, spread = 0.77, more = [] }: Fullness = {}): Promise<Report> {
  const recorded = await recordedReport()
  const { timeline, observed, durationMs } = recorded
  const runMs = intervals * 1_000
  const stretch = runMs / durationMs
  const at = Array.from({ length: intervals }, (_, index) => index * 1_000)
  const counters = [...Object.values(timeline.counters)]
  const trends = Object.values(timeline.trends)
  const { timeline: seen } = observed!
  const [node] = Object.values(seen.nodes)
  const group = Object.values(seen.groups).at(-1)!
  const latencies = [...headlines, ...more]
  const packed = Array.from({ length: distinct }, (_, index) => sampled(index, samples, spread))
  const { merged, columns: histograms } = encodeIntervals(
    Object.fromEntries(latencies.map((name) => [name, packed])),
    (histogramBudget * distinct) / intervals,
  )
  const counterNames = [
    ...Object.keys(timeline.counters),
    ...['request_ok', 'request_failed', 'http_ok', 'http_failed'],
    ...['publish_acked', 'publish_failed', 'consumed'].flatMap(inRegions),
  ]
  const trendNames = [
    ...new Set([...Object.keys(timeline.trends), ...latencies, ...ownTrends, ...inRegions('publish_latency')]),
  ]
  const record = <T>(names: readonly string[], make: (index: number, name: string) => T) =>
    Object.fromEntries(names.map((name, index) => [name, make(index, name)]))
  const columns = <T extends object>(of: T): T =>
    Object.fromEntries(Object.entries(of).map(([name, values]) => [name, repeated(values as unknown[])])) as T
  return {
    ...recorded,
    durationMs: runMs,
    plan: {
      ...recorded.plan,
      topology: {
        kind: 'regions',
        via: 'gateways',
        regions: regions.map((name) => ({ name, nodes: 1 })),
        wideArea: [],
      } as unknown as RegionsPlan,
      metrics: ownTrends.map((name) => ({ name, type: 'trend', unit: 'count', description: '' })),
    },
    phases: recorded.phases.map((phase) => ({
      ...phase,
      startMs: phase.startMs * stretch,
      endMs: phase.endMs! * stretch,
    })),
    series: Array.from({ length: 3 }, (_, index) =>
      recorded.series.map((one) => ({ ...one, tags: { ...one.tags, scenario: `s${index}` } })),
    ).flat(),
    timeline: {
      ...timeline,
      intervalMs: 1_000,
      ...(merged > 1 && { histogramMs: merged * 1_000 }),
      at,
      phase: repeated(timeline.phase),
      window: repeated(timeline.window),
      due: repeated(timeline.due),
      started: repeated(timeline.started),
      dropped: repeated(timeline.dropped),
      inFlight: repeated(timeline.inFlight),
      counters: record(counterNames, (index) => repeated(counters[index % counters.length]!)),
      trends: record(trendNames, (index, name): TrendTimeline => {
        const { histograms: _, ...percentiles } = trends[index % trends.length]!
        const encoded = histograms[name]
        return { ...columns(percentiles), ...(encoded && { histograms: repeated(encoded, intervals / merged) }) }
      }),
    },
    events: Array.from({ length: 20 }, () => recorded.events).flat(),
    observed: {
      ...observed!,
      timeline: {
        ...seen,
        intervalMs: 1_000,
        at,
        runner: columns(seen.runner),
        nodes: record(nodes, () => columns(node!)),
        groups: record(groups, () => columns(group)),
        queues: record(regions, () => ({ depth: repeated([0, 412, 1_240, 31]) })),
        regions: record(pairs, () => ({
          connected: repeated([1, 0.5, 0, 1]),
          state: repeated(['connected', 'connected', 'connected', 'nothing crosses, not listed by a, b']),
          roundTripMs: repeated([80.123, null, 81.234]),
        })),
        consumers: record(['billing', 'audit', 'mail'], () => ({ backlog: repeated([0, 12, 240, 31]) })),
      },
    },
  }
}

function inRegions(metric: string): string[] {
  return regions.map((region) => ofRegion(metric, region))
}

function repeated<T>(values: readonly T[], length = intervals): T[] {
  return Array.from({ length }, (_, index) => values[index % values.length]!)
}

/** Latencies of a second, log-logistic around a millisecond, in microseconds. */
function sampled(seed: number, samples: number, spread: number): PackedPairs {
  const recorder = new Recorder()
  for (let index = 1; index <= samples; index += 1) {
    const share = ((index * 7_919 + seed * 104_729) % 100_003) / 100_003
    const latency = 1_000 * Math.exp(spread * Math.log((share + 1e-4) / (1 - share + 1e-4)))
    recorder.record(Math.min(highestValue, latency))
  }
  return packPairs(recorder.drain()!.pairs)
}
