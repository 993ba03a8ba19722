import type { FaultLogEntry } from '../faults/index.ts'
import type { ClientEvent, LedgerResult, Pacing } from '../load/index.ts'
import type { MetricType, MetricUnit, Tags, ThresholdResult, Window } from '../measure/index.ts'
import type { History, Intervention, LeaderChange, LeakFinding, Outages, ServiceTimeline } from '../observe/index.ts'
import type { Plan } from '../script/index.ts'
import type { StateFindings } from '../services/index.ts'
import type { ProcessExit, ServerRecord } from '../topology/index.ts'
import type { RecoveryRecord } from './recovery-record.ts'

/** Raised when a reader of the old version would misread the new one. */
export const reportVersion = 1

/**
 * report.json: all that is known of a run. Every output is made from it alone. Times are milliseconds from the start
 * of the load (`startedAt` in wall time) unless their name says otherwise; durations are milliseconds; sizes bytes.
 */
export interface Report {
  readonly format: 'squall-report'
  readonly version: typeof reportVersion
  readonly id: string
  /** ISO 8601 wall time at which the load started; of the run itself if it never came to a load. */
  readonly startedAt: string
  /** From the start of the load to its end, drain not included. */
  readonly durationMs: number
  readonly build: BuildRecord
  readonly environment: EnvironmentRecord
  readonly plan: Plan
  readonly pacing: Pacing
  readonly toxiproxy: ToxiproxyRecord
  readonly servers: readonly ServerRecord[]
  readonly result: RunResult
  readonly thresholds: readonly ThresholdResult[]
  readonly phases: readonly PhaseRecord[]
  readonly faults: readonly FaultRecord[]
  readonly series: readonly SeriesRecord[]
  readonly timeline: Timeline
  readonly events: readonly ClientEvent[]
  readonly warnings: readonly string[]
  /** Absent when the run ended before the load did. */
  readonly ledger?: LedgerResult
  /** What the servers said of themselves during the load; absent when there was none. */
  readonly observed?: ServersObserved
  /** The script's services; absent when it has none. */
  readonly services?: readonly ServiceRecord[]
  readonly generator: GeneratorRecord
}

/** What was done, and how it went by. */
export interface FaultRecord extends FaultLogEntry {
  /** Absent when the fault could not be applied or healed. */
  readonly recovery?: RecoveryRecord
  /** Why somebody would have been called for it: a sentence. */
  readonly intervention?: string
}

/** docs/observers.md. Times are milliseconds from the start of the load. */
export interface ServersObserved {
  /** By node: did it answer? */
  readonly availability: Readonly<Record<string, Outages>>
  /** By stream, and `_meta_`: was there a leader in contact with a majority? */
  readonly quorum: Readonly<Record<string, Outages>>
  /** By stream: were all its replicas current? */
  readonly replication: Readonly<Record<string, Outages>>
  /** By pair of regions (`a-b`): did both list the other, and did messages cross? Absent where there are none. */
  readonly connectivity?: Readonly<Record<string, Outages>>
  readonly leaderChanges: readonly LeaderChange[]
  /** Losses of quorum that could not end by themselves. Absent in reports of before. */
  readonly interventions?: readonly Intervention[]
  /** What a process held after the faults and had not held before them. */
  readonly leaks: readonly LeakFinding[]
  readonly timeline: ReturnType<History['timeline']>
}

/** A service, and how its instances did. */
export interface ServiceRecord {
  readonly name: string
  readonly balancer: 'haproxy' | 'none' | 'url'
  /** Fewest instances that took work at once during the load. */
  readonly leastActive: number
  readonly instances: readonly InstanceRecord[]
  /** What it stores, before and after each restart; absent where it does not say what that is. */
  readonly state?: StateFindings
  /** Interval by interval. Absent in reports of before. */
  readonly timeline?: ReturnType<ServiceTimeline['build']>
}

export interface InstanceRecord {
  readonly name: string
  /** Share of the time that it took work; looked at four times a second. */
  readonly activeShare: number
  readonly restarts: number
  /** Ends that nobody asked for. */
  readonly crashes: number
  /** Requests that it answered, as those who sent them count; absent where nobody said who answered. */
  readonly answered?: number
  /** Requests that the balancer gave it; absent without one. */
  readonly requests?: number
  /** Requests that it was given and never answered. */
  readonly lostRequests?: number
  /** Most requests that it had or that waited for it, as the balancer counts them. */
  readonly maxQueue?: number
  /** CPU time ÷ time, mean; of its process and all that this started, as the others. Absent where /proc is not there. */
  readonly cpu?: number
  readonly maxRssBytes?: number
  readonly maxFds?: number
  /** Most processes that it had at once. Absent in reports of before, whose figures are of its first process alone. */
  readonly maxProcesses?: number
  /** Longest that the balancer went on sending it requests after its process had ended, milliseconds. */
  readonly slowestEjectionMs?: number
  readonly exit?: ProcessExit
  /** How its last lives ended that ended by themselves, the newest last. Absent in reports of before. */
  readonly exits?: readonly ProcessExit[]
  /** What was wrong with it when the load had ended. */
  readonly trouble?: string
  readonly logTail: readonly string[]
}

export type Verdict = 'passed' | 'failed' | 'invalid' | 'unknown' | 'interrupted' | 'error'

export interface RunResult {
  readonly verdict: Verdict
  readonly exitCode: number
  /** Why, most important first; empty when passed. Whole sentences. */
  readonly reasons: readonly string[]
}

export interface BuildRecord {
  /** `--build`, else the short git commit, else `unknown`. */
  readonly label: string
  readonly commit?: string
  readonly dirty?: boolean
}

export interface EnvironmentRecord {
  readonly squall: string
  readonly node: string
  readonly os: string
  readonly arch: string
  readonly kernel: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly hostname: string
  /** True when a CI variable is set. */
  readonly ci: boolean
  /** Where the servers stood, and what cut regions off: their proxies, or the kernel. Absent in reports of before. */
  readonly driver?: 'process' | 'netns' | 'external'
  /** What made the kernel's rules, with `netns`. */
  readonly firewall?: 'nft' | 'iptables'
}

export interface ToxiproxyRecord {
  readonly kind: 'embedded' | 'real' | 'external'
  readonly url: string
  readonly version: string
  readonly binary?: string
  readonly sha256?: string
}

export interface PhaseRecord {
  readonly name: string
  readonly startMs: number
  /** Absent for a phase that never ended or never began. */
  readonly endMs?: number
  readonly windows: readonly (Window & { readonly startMs: number; readonly endMs: number })[]
}

/** One metric under one set of tags, over the whole run. */
export interface SeriesRecord {
  readonly metric: string
  readonly type: MetricType
  readonly unit: MetricUnit
  /** Always `phase`, `window`; `fault` where faults were in force (`a+b` for two); then the script's own. */
  readonly tags: Tags
  readonly value: TrendValue | CounterValue | RateValue | GaugeValue
}

/** Times in milliseconds, to HdrHistogram's three significant digits; min, max and mean exact. */
export interface TrendValue {
  readonly kind: 'trend'
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** `p50` … `p99.99`; one with fewer samples beyond it than it needs (count < 1 / (1 − p)) is left out. */
  readonly percentiles: Readonly<Record<string, number>>
  /** HdrHistogram V2, compressed, base64; in microseconds for times. */
  readonly histogram: string
  /** Samples that never came, in none of the numbers above, and the longest that one was waited for. */
  readonly censored?: { readonly count: number; readonly waited: number }
}

export interface CounterValue {
  readonly kind: 'counter'
  readonly count: number
  /** Per second of the time that the phase spent in the window. */
  readonly rate: number
}

export interface RateValue {
  readonly kind: 'rate'
  readonly trues: number
  readonly total: number
}

export interface GaugeValue {
  readonly kind: 'gauge'
  readonly last: number
  readonly min: number
  readonly max: number
}

/**
 * The run second by second, as columns of equal length. When a run is longer than 4 096 intervals, neighbours are merged and
 * `intervalMs` doubles, so that its size does not depend on the run's length. `histograms` alone may be shorter: see `histogramMs`.
 */
export interface Timeline {
  readonly intervalMs: number
  /**
   * How long the histograms' intervals are, where those of neighbours were merged because they took too many bytes: a multiple
   * of `intervalMs`. Absent where each interval has its own. See `intervalHistograms`.
   */
  readonly histogramMs?: number
  readonly at: readonly number[]
  readonly phase: readonly number[]
  readonly window: readonly string[]
  /** Iterations due, started and dropped in the interval; in flight at its end. */
  readonly due: readonly number[]
  readonly started: readonly number[]
  readonly dropped: readonly number[]
  readonly inFlight: readonly number[]
  /** Per counter metric, its sum in the interval; only metrics that ever counted. */
  readonly counters: Readonly<Record<string, readonly number[]>>
  /** Per trend metric; null where there was no sample. */
  readonly trends: Readonly<Record<string, TrendTimeline>>
}

export interface TrendTimeline {
  readonly count: readonly number[]
  readonly p50: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
  readonly p999: readonly (number | null)[]
  readonly max: readonly (number | null)[]
  /** Of each `histogramMs`, encoded as in {@link TrendValue}; null where empty. Only for the headline latencies. */
  readonly histograms?: readonly (string | null)[]
}

/** How the generator did, and whether its numbers may be believed. */
export interface GeneratorRecord {
  readonly phases: readonly {
    readonly phase: string
    readonly due: number
    readonly started: number
    readonly dropped: number
    /** Percentiles of schedule_lag; absent in a closed loop. */
    readonly lagP99?: number
    readonly maxTurnMs: number
    /** Mean share of time that the event loop was busy; null when it spins. */
    readonly utilization: number | null
    /** Present when the phase's numbers may not be believed. */
    readonly invalid?: string
    /** Present when they should be read with care. */
    readonly caution?: string
  }[]
}
