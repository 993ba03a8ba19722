import type { Occurrence } from '../../faults/index.ts'

/** How a phase starts iterations. Rates are iterations a second. */
export type Executor =
  /** Open loop at a constant rate. */
  | { readonly kind: 'rate'; readonly rate: number; readonly arrival: Arrival }
  /** Open loop at a rate that moves linearly from one stage's target to the next's. */
  | {
      readonly kind: 'stages'
      readonly startRate: number
      readonly stages: readonly { readonly durationMs: number; readonly target: number }[]
      readonly arrival: Arrival
    }
  /** Closed loop: each of `vus` starts its next iteration when the last one ended. */
  | { readonly kind: 'vus'; readonly vus: number }
  /** Closed loop until `iterations` are done, shared by `vus`, or the duration is over. */
  | { readonly kind: 'iterations'; readonly iterations: number; readonly vus: number }

/** `constant` spaces starts evenly; `poisson` draws the gaps from the seeded generator. */
export type Arrival = 'constant' | 'poisson'

/**
 * `drop` counts it in `dropped_iterations`; `queue` starts it when another ends, and its latency counts from when it was
 * due: so many users who are never late in arriving, as in wrk2.
 */
export type Overrun = 'drop' | 'queue'

/** A phase as plain data: times in milliseconds, time scale applied. */
export interface PhasePlan {
  readonly name: string
  readonly durationMs: number
  readonly executor: Executor
  /** How long iterations may go on after the phase has ended before they count as interrupted. */
  readonly gracefulStopMs: number
  /** Iterations in flight at most. */
  readonly maxInFlight: number
  /** What an open loop does with an iteration that is due while so many are in flight: see {@link Overrun}. */
  readonly overrun: Overrun
  /** A JetStream publish without an ack for this long is indeterminate. Not time-scaled. */
  readonly ackTimeoutMs: number
  /** Pause after each iteration of a closed loop. */
  readonly thinkTimeMs: number
  readonly faults: readonly Occurrence[]
}
