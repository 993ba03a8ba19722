import * as v from 'valibot'
import { type FaultTiming, timingSchema } from '../faults/index.ts'
import type { Duration } from '../measure/index.ts'
import * as s from '../schema.ts'
import type { Arrival, Executor, Overrun } from './phase.ts'
import { isOpen, peakRate } from './schedule.ts'

/** A rate of iterations: a number a second, or `'500/s'`, `'30/m'`, `'10/h'`. */
export type IterationRate = number | string

/** A phase as a script writes it. Exactly one of `rate`, `stages`, `vus` and `iterations` says how iterations start. */
export type Phase = PhaseBase & PhaseExecutor

interface PhaseBase {
  /** The `phase` tag of its samples. */
  readonly name: string
  readonly faults?: readonly FaultTiming[]
  /** How long iterations may go on after the phase; 30 s by default. */
  readonly gracefulStop?: Duration
  /** Iterations in flight at most; by default enough for every publish of an ack timeout. */
  readonly maxInFlight?: number
  /** A publish without ack for this long is indeterminate; 5 s by default. Never scaled. */
  readonly ackTimeout?: Duration
}

type PhaseExecutor =
  /** Open loop at a constant rate. */
  | {
      readonly duration: Duration
      readonly rate: IterationRate
      readonly arrival?: Arrival
      readonly overrun?: Overrun
    }
  /** Open loop, from one target to the next in straight lines. */
  | {
      /** The stages' own when left out. */
      readonly duration?: Duration
      readonly stages: readonly { readonly duration: Duration; readonly target: IterationRate }[]
      /** 0 by default. */
      readonly startRate?: IterationRate
      readonly arrival?: Arrival
      readonly overrun?: Overrun
    }
  /** Closed loop: so many users, each starting again when it is done. */
  | { readonly duration: Duration; readonly vus: number; readonly thinkTime?: Duration }
  /** Closed loop until so many iterations are done, or the duration is over. */
  | { readonly duration: Duration; readonly iterations: number; readonly vus?: number; readonly thinkTime?: Duration }

const executors = ['rate', 'stages', 'vus', 'iterations'] as const
const keysOf: Readonly<Record<(typeof executors)[number], readonly string[]>> = {
  rate: ['arrival', 'overrun'],
  stages: ['startRate', 'arrival', 'overrun'],
  vus: ['thinkTime'],
  iterations: ['vus', 'thinkTime'],
}

const stage = v.strictObject({ duration: s.duration, target: s.rateOrZero })

export const phaseSchema = v.pipe(
  v.strictObject({
    name: s.name,
    duration: v.optional(s.positiveDuration),
    rate: v.optional(s.positiveRate),
    stages: v.optional(
      v.pipe(v.array(stage, 'must be a list of stages'), v.minLength(1, 'must have at least one stage')),
    ),
    startRate: v.optional(s.rateOrZero),
    arrival: v.optional(s.oneOf(['constant', 'poisson'])),
    overrun: v.optional(s.oneOf(['drop', 'queue'])),
    vus: v.optional(s.whole(1, 100_000)),
    iterations: v.optional(s.whole(1, Number.MAX_SAFE_INTEGER)),
    thinkTime: v.optional(s.duration),
    gracefulStop: v.optional(s.duration, '30s'),
    maxInFlight: v.optional(s.whole(1, 1_000_000)),
    ackTimeout: v.optional(s.positiveDuration, '5s'),
    faults: v.optional(v.array(timingSchema, 'must be a list of at() and every()'), []),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const given = executors.filter((key) => dataset.value[key] !== undefined)
    const kind = executorOf(dataset.value)
    if (!kind || given.some((key) => key !== kind && !keysOf[kind].includes(key))) {
      addIssue({
        message: `must have exactly one of rate, stages, vus and iterations, and has ${given.join(' and ') || 'none'}`,
      })
      return
    }
    const misplaced = ['startRate', 'arrival', 'overrun', 'thinkTime'].filter(
      (key) => dataset.value[key as 'arrival'] !== undefined && !keysOf[kind].includes(key),
    )
    for (const key of misplaced) addIssue({ message: `has ${key}, which does not go with ${kind}` })
    const { duration, stages } = dataset.value
    const total = stages?.reduce((sum, stage) => sum + stage.duration, 0)
    if (total === 0) addIssue({ message: 'has stages that take no time in all' })
    else if (total === undefined && duration === undefined)
      addIssue({ message: `has no duration; with ${kind} it needs one` })
    else if (total !== undefined && duration !== undefined && Math.abs(total - duration) > 1e-6) {
      addIssue({ message: `has stages of ${total} ms in all and a duration of ${duration} ms; leave the duration out` })
    }
  }),
)
export type ParsedPhase = v.InferOutput<typeof phaseSchema>

function executorOf(phase: { readonly [K in (typeof executors)[number]]?: unknown }) {
  if (phase.iterations !== undefined) return 'iterations'
  return executors.find((key) => phase[key] !== undefined)
}

/** Milliseconds that a validated phase lasts, not scaled. */
export function phaseDuration({ duration, stages }: ParsedPhase): number {
  return duration ?? stages!.reduce((sum, stage) => sum + stage.duration, 0)
}

/** How a validated phase starts its iterations; durations scaled. */
export function planExecutor(phase: ParsedPhase, scale: number): Executor {
  const arrival = phase.arrival ?? 'constant'
  if (phase.iterations !== undefined) return { kind: 'iterations', iterations: phase.iterations, vus: phase.vus ?? 1 }
  if (phase.vus !== undefined) return { kind: 'vus', vus: phase.vus }
  if (phase.rate !== undefined) return { kind: 'rate', rate: phase.rate, arrival }
  const stages = phase.stages!.map(({ duration, target }) => ({ durationMs: duration * scale, target }))
  return { kind: 'stages', startRate: phase.startRate ?? 0, stages, arrival }
}

/**
 * Enough for every publish of an ack timeout and a second more to be in flight: then nothing is dropped while a server
 * is silent. Bounded, because each takes memory.
 */
export function defaultInFlight(executor: Executor, ackTimeoutMs: number): number {
  if (!isOpen(executor)) return executor.vus
  return Math.min(200_000, Math.max(1_000, Math.ceil(peakRate(executor) * (ackTimeoutMs / 1_000 + 1))))
}
