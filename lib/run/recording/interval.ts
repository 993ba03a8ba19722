import type { AckTimes } from '../../load/index.ts'
import type { WindowKind } from '../../measure/index.ts'
import type { Answered } from './instance-throughput.ts'

/** One interval of the run, about a second, as far as recovery is concerned. */
export interface IntervalHealth {
  readonly from: number
  readonly to: number
  readonly connected: boolean
  readonly due: number
  readonly completed: number
  /** Failed and indeterminate publishes and requests, and iterations that threw. */
  readonly errors: number
  /** 90th percentile of the headline latency in the interval, ms. */
  readonly latencyP90: number | undefined
}

/** What the system did before anything was done to it. Undefined where there was no baseline. */
export interface Normal {
  readonly latencyP90: number | undefined
  /** Iterations a second. */
  readonly rate: number | undefined
}

/** One snapshot, summed up for the terminal and for the recovery rule. Rates are per second, times milliseconds. */
export interface Interval extends IntervalHealth {
  readonly acked: number
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  readonly iterationErrors: number
  readonly inFlight: number
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly phase: number
  readonly window: WindowKind
  /** Operations of the headline that ended well: publishes, else replies, else deliveries. */
  readonly done: number
  readonly acks: AckTimes
  /** By instance of a service; empty where nobody says who answers. */
  readonly answered: readonly Answered[]
}
