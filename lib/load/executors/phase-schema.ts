import * as v from 'valibot'
import type { FaultTiming } from '../../faults/index.ts'
import { type Duration, formatDuration } from '../../measure/index.ts'
import * as s from '../../schema.ts'
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
  /** A publish without ack for this long is indeterminate; 5 s by default. Never scaled. */
  readonly ackTimeout?: Duration
}

interface OpenLoop {
  /** How starts are spaced; `'constant'` by default. */
  readonly arrival?: Arrival
  /** Iterations in flight at most; by default enough for every publish of an ack timeout. */
  readonly maxInFlight?: number
  /** What becomes of an iteration that is due while so many are in flight; `'drop'` by default. */
  readonly overrun?: Overrun
}

interface ClosedLoop {
  /** Pause of a user between two iterations; none by default. */
  readonly thinkTime?: Duration
}

/** Keys that go with other executors only. */
type Without<K extends string> = { readonly [Key in K]?: never }

type PhaseExecutor =
  /** Open loop at a constant rate. */
  | (OpenLoop & { readonly duration: Duration; readonly rate: IterationRate } & Without<
        'stages' | 'startRate' | 'vus' | 'iterations' | keyof ClosedLoop
      >)
  /** Open loop, from one target to the next in straight lines. */
  | (OpenLoop & {
      /** The stages' own when left out. */
      readonly duration?: Duration
      readonly stages: readonly { readonly duration: Duration; readonly target: IterationRate }[]
      /** 0 by default. */
      readonly startRate?: IterationRate
    } & Without<'rate' | 'vus' | 'iterations' | keyof ClosedLoop>)
  /** Closed loop: so many users, each starting again when it is done. */
  | (ClosedLoop & { readonly duration: Duration; readonly vus: number } & Without<
        'rate' | 'stages' | 'startRate' | 'iterations' | keyof OpenLoop
      >)
  /** Closed loop until so many iterations are done, or the duration is over. One user by default. */
  | (ClosedLoop & { readonly duration: Duration; readonly iterations: number; readonly vus?: number } & Without<
        'rate' | 'stages' | 'startRate' | keyof OpenLoop
      >)

const executors = ['rate', 'stages', 'vus', 'iterations'] as const
type ExecutorKey = (typeof executors)[number]

const openLoopKeys = ['arrival', 'maxInFlight', 'overrun'] as const
const keysOf: Readonly<Record<ExecutorKey, readonly string[]>> = {
  rate: openLoopKeys,
  stages: ['startRate', ...openLoopKeys],
  vus: ['thinkTime'],
  iterations: ['vus', 'thinkTime'],
}

const stage = s.object({ duration: s.duration, target: s.rateOrZero })

const entries = {
  name: s.name,
  duration: v.optional(s.positiveDuration),
  rate: v.optional(s.positiveRate),
  stages: v.optional(s.list(stage, 'stages', { least: 1 })),
  startRate: v.optional(s.rateOrZero),
  arrival: v.optional(s.oneOf(['constant', 'poisson'])),
  overrun: v.optional(s.oneOf(['drop', 'queue'])),
  vus: v.optional(s.whole(1, 100_000)),
  iterations: v.optional(s.whole(1, Number.MAX_SAFE_INTEGER)),
  thinkTime: v.optional(s.duration),
  gracefulStop: v.optional(s.duration, '30s'),
  maxInFlight: v.optional(s.whole(1, 1_000_000)),
  ackTimeout: v.optional(s.positiveDuration, '5s'),
  // Each is parsed for itself, against the topology (script/plan-phases.ts).
  faults: v.optional(s.list(v.unknown(), 'at() and every()'), []),
}

export const phaseSchema = v.pipe(
  s.object(entries),
  v.rawCheck(({ dataset, addIssue }) => {
    if (typeof dataset.value !== 'object' || dataset.value === null) return
    // Which keys there are can be told whether or not their values are right.
    const given = new Set(Object.entries(dataset.value).flatMap(([key, value]) => (value === undefined ? [] : [key])))
    const kind = executorOf(given)
    const others = executors.filter((key) => given.has(key) && kind && key !== kind && !keysOf[kind].includes(key))
    if (!kind) {
      // Not when an unknown key was probably meant to be one.
      if (!dataset.issues) addIssue({ message: `has no executor; it must have one of ${executors.join(', ')}` })
      return
    }
    if (others.length > 0) {
      addIssue({ message: `has ${[kind, ...others].join(' and ')}; it must have only one of ${executors.join(', ')}` })
      return
    }
    for (const key of misplaced(kind, given)) addIssue({ message: `has ${key}, which does not go with ${kind}` })
    if (kind !== 'stages' && !given.has('duration')) addIssue({ message: `has no duration; with ${kind} it needs one` })
    if (kind === 'stages' && dataset.typed) checkStages(dataset.value, (message) => addIssue({ message }))
  }),
)
export type ParsedPhase = v.InferOutput<typeof phaseSchema>

function executorOf(given: ReadonlySet<string>): ExecutorKey | undefined {
  if (given.has('iterations')) return 'iterations'
  return executors.find((key) => given.has(key))
}

/** Keys of other executors than the phase's. */
function misplaced(kind: ExecutorKey, given: ReadonlySet<string>): string[] {
  const specific = new Set(Object.values(keysOf).flat())
  return [...given].filter((key) => specific.has(key) && key !== kind && !keysOf[kind].includes(key))
}

function checkStages({ stages = [], duration }: ParsedPhase, say: (message: string) => void): void {
  const total = stages.reduce((sum, stage) => sum + stage.duration, 0)
  if (total === 0) say('has stages that take no time at all; one of them needs a duration above 0')
  else if (duration !== undefined && Math.abs(total - duration) > 1e-6) {
    say(
      `has a duration of ${formatDuration(duration)}, and stages of ${formatDuration(total)} in all; leave the duration out`,
    )
  }
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
