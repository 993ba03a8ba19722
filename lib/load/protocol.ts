import type { Samples, SeriesDeclaration, Window } from '../measure/index.ts'
import type { ClientUrls } from '../topology/index.ts'
import type { LedgerResult } from './ledger/result.ts'
import type { LoadPlan } from './plan.ts'

export type * from './ledger/result.ts'

/**
 * The messages between the conductor and a generator. Plain data only, so that a generator can be a thread, another
 * process or another host. All times are monotonic milliseconds (`measure/clock.ts`).
 */

/** Given to a generator when it is made. */
export interface GeneratorConfig {
  /** `file:` URL of the bundled script. */
  readonly bundle: string
  readonly plan: LoadPlan
  /** Marks this run's messages; 32-bit unsigned. */
  readonly runId: number
  readonly urls: ClientUrls
  /** The same of each region alone, the first one first; empty where there are none. */
  readonly regions: Readonly<Record<string, ClientUrls>>
  readonly pacing: Pacing
  /** By service, in the script's order: base URLs of its balancer or instances. */
  readonly services: Readonly<Record<string, readonly string[]>>
}

/** How the generator waits for the next due time: `precise` spins on the event loop, `eco` sleeps in 1 ms steps. */
export type Pacing = 'precise' | 'eco'

export type ToGenerator =
  | { readonly type: 'prepare' }
  | { readonly type: 'setup' }
  | { readonly type: 'phase'; readonly index: number; readonly startsAt: number }
  /** A window opens in the phase under way. */
  | { readonly type: 'window'; readonly at: number; readonly window: Window }
  /** Starts what is still due unless `abort`, then waits for what is in flight, at most until `deadline`. */
  | { readonly type: 'finish'; readonly deadline: number; readonly abort: boolean }
  /** Waits until the consumers have read all there is, at most until `deadline`. */
  | { readonly type: 'drain'; readonly deadline: number }
  | { readonly type: 'teardown' }
  | { readonly type: 'close' }

export type FromGenerator =
  /** Connected, assets created, consumers running. */
  | { readonly type: 'prepared' }
  | { readonly type: 'setupDone' }
  | { readonly type: 'teardownDone' }
  /** A new series; snapshots name it by `id` from now on. */
  | { readonly type: 'series'; readonly series: SeriesDeclaration }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  /** The phase's executor has started all it will: for `iterations`, before the duration is over. */
  | { readonly type: 'phaseDone'; readonly index: number }
  | { readonly type: 'finished'; readonly interrupted: number }
  | { readonly type: 'drained'; readonly ledger: LedgerResult }
  | { readonly type: 'event'; readonly event: ClientEvent }
  /** Something the user should see; repeated ones are counted, not repeated. */
  | { readonly type: 'warning'; readonly text: string }
  /** The step under way failed: a `setup` or `teardown` that threw, an asset that could not be created. */
  | { readonly type: 'failed'; readonly step: 'prepare' | 'setup' | 'teardown'; readonly error: ErrorRecord }

export interface ErrorRecord {
  readonly message: string
  /** Source-mapped. */
  readonly stack?: string | undefined
}

/** What happened since the last snapshot. About one a second. */
export interface Snapshot extends Samples {
  readonly from: number
  readonly to: number
  /** Iterations of each phase that is under way or still has some to start. */
  readonly iterations: readonly IterationCounts[]
  readonly inFlight: number
  /** Are all clients connected? */
  readonly connected: boolean
  readonly acks: AckTimes
  readonly health: GeneratorHealth
}

/** When acks came in the time of a snapshot; undefined where there was none. */
export interface AckTimes {
  readonly first: number | undefined
  readonly last: number | undefined
  /** The longest time without an ack that ended in it: where it is 50 ms or more. It may have begun long before. */
  readonly gap: { readonly from: number; readonly to: number } | undefined
  /** The first publish or request, by NATS or HTTP, that failed or became indeterminate. */
  readonly missed: number | undefined
}

/** `due` by the schedule, whether or not they were started in time; equals `started` in a closed loop. */
export interface IterationCounts {
  readonly phase: number
  readonly due: number
  readonly started: number
  readonly dropped: number
}

/** How the generator itself was doing: the grounds for calling a run INVALID. */
export interface GeneratorHealth {
  /** Longest time that the event loop was late for a timer. */
  readonly maxTurnMs: number
  /** Share of time that the generator's event loop was busy, 0–1; null when it spins and so always is. */
  readonly utilization: number | null
  /** Time in garbage collection. */
  readonly gcMs: number
  /** Bytes of the JavaScript heap in use. */
  readonly heapBytes: number
}

export interface ClientEvent {
  readonly at: number
  /** `connect` is said of each client when the load starts. */
  readonly kind: 'connect' | 'disconnect' | 'reconnect' | 'error' | 'first-ack' | 'leader'
  /** `publisher`, `consumer billing/0`; of `leader`, the stream or `_meta_`. */
  readonly client: string
  /** The error; of `leader` who led and who leads; else the name of the server that the client is or was connected to. */
  readonly detail?: string
}
