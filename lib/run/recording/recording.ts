import type { FromGenerator, LedgerResult, Snapshot } from '../../load/index.ts'
import { isOpen } from '../../load/index.ts'
import {
  Aggregate,
  countInPairs,
  judgeGenerator,
  now,
  type Tags,
  type ThresholdPlan,
  type ThresholdResult,
  TimelineBuilder,
  thresholdHolds,
  valueInPairs,
  windowLabel,
} from '../../measure/index.ts'
import type { Plan } from '../../script/index.ts'
import { EventLog } from './event-log.ts'
import { InstanceThroughput } from './instance-throughput.ts'
import type { Interval, Normal } from './interval.ts'
import { RegionRates } from './region-rates.ts'
import type { Windows } from './windows.ts'

interface PhaseCounts {
  due: number
  started: number
  dropped: number
  maxTurnMs: number
  busyMs: number
  watchedMs: number
}

/** Shorter than this, an interval's rate says little: it is not a sample of the throughput distribution. */
const shortestRateMs = 500

/** What was seen, in order: everything that the report is made from, and what the conductor decides by. */
export class Recording {
  readonly #plan: Plan
  readonly #windows: Windows
  readonly #timeline = new TimelineBuilder()
  readonly #phases: PhaseCounts[]
  readonly #instances: InstanceThroughput
  readonly #regions: RegionRates
  readonly aggregate: Aggregate
  readonly events = new EventLog()
  readonly warnings: string[] = []
  ledger: LedgerResult | undefined
  /** Monotonic time at which the load started. */
  origin = Number.NaN

  constructor(plan: Plan, windows: Windows) {
    this.#plan = plan
    this.#windows = windows
    this.#instances = new InstanceThroughput(plan.services)
    this.aggregate = new Aggregate(plan.metrics)
    this.#regions = new RegionRates(plan, this.aggregate, this.#timeline)
    this.#phases = plan.phases.map(() => ({ due: 0, started: 0, dropped: 0, maxTurnMs: 0, busyMs: 0, watchedMs: 0 }))
  }

  /** Takes what a generator says of its measurements; a snapshot comes back as an interval. */
  take(message: FromGenerator): Interval | undefined {
    if (message.type === 'series') this.aggregate.declare(message.series)
    else if (message.type === 'event') this.events.add({ ...message.event, at: this.#sinceStart(message.event.at) })
    else if (message.type === 'warning') this.warnings.push(message.text)
    else if (message.type === 'drained') this.ledger = message.ledger
    else if (message.type === 'snapshot') return this.#snapshot(message.snapshot)
    return undefined
  }

  /** What happened to a client before the load has no time in it: it counts as its beginning. */
  #sinceStart(at: number): number {
    return Number.isNaN(this.origin) ? 0 : at - this.origin
  }

  secondsIn = (tags: Tags): number | undefined => this.#windows.secondsIn(tags, now())

  secondsOf = (tags: Tags): number | undefined => this.#windows.secondsOf(tags, now())

  judge(threshold: ThresholdPlan): ThresholdResult {
    const { value, samples, waited } = this.aggregate.observe(threshold, this.secondsIn)
    const { selector, expression } = threshold
    // Nothing sampled is no reason to be content: k6 passes here.
    if (value === undefined) return { selector, expression, passed: false, samples: 0 }
    const seen = waited === undefined ? { observed: value } : { notWithin: waited }
    return { selector, expression, passed: thresholdHolds(threshold, value), ...seen, samples }
  }

  /** Whose latency tells how the script's main operation does: acks, else replies, else deliveries. */
  get headline(): 'publish' | 'request' | 'http' | 'e2e' {
    const measured = (name: string) => this.aggregate.percentile(`${name}_latency`, 0.5) !== undefined
    return (['publish', 'request', 'http'] as const).find(measured) ?? 'e2e'
  }

  /** How the system did in baseline windows so far. */
  normal(): Normal {
    const tags = { window: 'baseline' }
    const seconds = this.secondsIn(tags) ?? 0
    return {
      latencyP90: this.aggregate.percentile(`${this.headline}_latency`, 0.9, tags),
      rate: seconds > 0 ? this.aggregate.count('iterations', tags) / seconds : undefined,
    }
  }

  timeline({ histograms }: { histograms: boolean }) {
    return this.#timeline.build({ histograms })
  }

  /** How the generator did in each phase that began. */
  generator() {
    return this.#plan.phases.flatMap((plan, index) => {
      const counts = this.#phases[index]!
      if (counts.watchedMs === 0) return []
      const tags = { phase: plan.name }
      const { due, started, dropped, maxTurnMs } = counts
      const utilization = Number.isNaN(counts.busyMs) ? null : counts.busyMs / counts.watchedMs
      const percentile = (metric: string, share: number) => this.aggregate.percentile(metric, share, tags)
      const lagP99 = percentile('schedule_lag', 0.99)
      const validity = judgeGenerator(
        {
          due,
          started,
          dropped,
          open: isOpen(plan.executor),
          lagP99,
          latencyP99: percentile(`${this.headline}_latency`, 0.99),
          serviceP50: percentile(`${this.headline}_service_time`, 0.5),
          utilization,
        },
        this.#plan.options.maxLagMs,
      )
      const lag = lagP99 === undefined ? {} : { lagP99 }
      return [{ phase: plan.name, due, started, dropped, ...lag, maxTurnMs, utilization, ...validity }]
    })
  }

  #snapshot(snapshot: Snapshot): Interval {
    const { from, to, inFlight, connected, acks } = snapshot
    const { due, started, dropped } = this.#countPhases(snapshot)
    // Snapshots are cut at every edge, give or take the time a message takes: the middle lies in the right span.
    const middle = (from + to) / 2
    const span = this.#windows.spanAt(middle)
    const phase = span?.phase ?? 0
    const window = span ? windowLabel(span.window) : 'baseline'
    const stretch = { from: from - this.origin, to: to - this.origin }
    this.#timeline.add({ ...stretch, phase, window, due, started, dropped, inFlight })
    const counts = new Map<string, number>()
    const latency: Uint32Array[] = []
    const latencyOutsideFaults: Uint32Array[] = []
    let replies = 0
    const headline = `${this.headline}_latency`
    this.aggregate.add(snapshot, {
      trend: (metric, tags, scale, delta) => {
        const { pairs, max } = delta
        this.#timeline.addTrend(stretch, metric, scale, pairs, max)
        this.#regions.addTrend(stretch, metric, tags, scale, delta)
        if (metric === 'request_latency') replies += countInPairs(pairs)
        if (metric !== headline) return
        latency.push(pairs)
        if (tags.window !== 'fault') latencyOutsideFaults.push(pairs)
      },
      counter: (metric, by, tags) => {
        this.#instances.count(metric, by, tags)
        this.#timeline.addCounter(stretch, metric, by)
        this.#regions.addCounter(stretch, metric, tags, by)
        counts.set(metric, (counts.get(metric) ?? 0) + by)
      },
    })
    this.#watchGenerator(phase, snapshot)
    const count = (metric: string) => counts.get(metric) ?? 0
    const acked = count('publish_acked') + count('publish_sent')
    const tags = span && this.#windows.tags(span)
    const answered = this.#instances.take()
    const seconds = (to - from) / 1_000
    // Seconds after the load, in which consumers drain, would be seconds without a publish.
    const isSample = tags && to - from >= shortestRateMs && !this.#windows.isOver(middle)
    this.#regions.end(seconds, isSample ? tags : undefined)
    if (isSample) {
      if (this.aggregate.count('publish_attempts') > 0)
        this.aggregate.record('publish_throughput', tags, acked / seconds)
      if (this.#plan.consumers.length > 0) {
        this.aggregate.record('consume_throughput', tags, count('consumed') / seconds)
      }
      for (const { requests, ...who } of answered) {
        this.aggregate.record('instance_throughput', { ...tags, ...who }, requests / seconds)
      }
    }
    const percentile = (pairs: readonly Uint32Array[], share: number) => {
      const recorded = valueInPairs(pairs, share)
      return recorded === undefined ? undefined : recorded / 1_000
    }
    const failed = count('publish_failed') + count('request_failed') + count('http_failed')
    const indeterminate = count('publish_indeterminate') + count('request_indeterminate') + count('http_indeterminate')
    const answers = count('http_requests') - count('http_failed') - count('http_indeterminate')
    const iterationErrors = count('iteration_errors')
    return {
      from,
      to,
      connected,
      due,
      dropped,
      inFlight,
      completed: count('iterations'),
      errors: failed + indeterminate + iterationErrors,
      acked,
      failed,
      indeterminate,
      iterationErrors,
      p50: percentile(latency, 0.5),
      // What a fault held up and let go of when it was healed is the fault's: it says nothing of recovery.
      latencyP90: percentile(latencyOutsideFaults, 0.9),
      p99: percentile(latency, 0.99),
      phase,
      window: span?.window.kind ?? 'baseline',
      done: { publish: acked, request: replies, http: answers, e2e: count('consumed') }[this.headline],
      acks,
      answered,
    }
  }

  #countPhases({ iterations }: Snapshot) {
    const total = { due: 0, started: 0, dropped: 0 }
    for (const { phase, due, started, dropped } of iterations) {
      for (const counts of [this.#phases[phase]!, total]) {
        counts.due += due
        counts.started += started
        counts.dropped += dropped
      }
    }
    return total
  }

  #watchGenerator(phase: number, { from, to, health }: Snapshot): void {
    const counts = this.#phases[phase]!
    counts.maxTurnMs = Math.max(counts.maxTurnMs, health.maxTurnMs)
    counts.watchedMs += to - from
    counts.busyMs += health.utilization === null ? Number.NaN : health.utilization * (to - from)
  }
}
