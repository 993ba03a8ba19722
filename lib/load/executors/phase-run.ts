import { deriveSeed } from '../../measure/index.ts'
import type { IterationCounts } from '../protocol.ts'
import type { PhasePlan } from './phase.ts'
import { isOpen, type Schedule, scheduleFor } from './schedule.ts'
import type { Vu, VuPhase } from './vu.ts'

/** One phase under way, or ended and waiting for its last iterations. Times are monotonic milliseconds. */
export interface PhaseRun {
  readonly index: number
  readonly phase: VuPhase
  readonly plan: PhasePlan
  readonly startsAt: number
  readonly endsAt: number
  readonly active: Set<Vu>
  /** Open loop: when the next iteration is due, and the schedule after it. */
  readonly schedule: Schedule | undefined
  nextDue: number
  /** When those that wait for others to end were due, oldest first. */
  readonly queue: number[]
  /** Closed loop: iterations still to start, and what calls off those of users that think. */
  remaining: number
  readonly thinking: Set<() => void>
  done: boolean
  /** Since the phase began, and as told in the last snapshot. */
  readonly counts: Counts
  readonly told: Counts
}

interface Counts {
  due: number
  started: number
  dropped: number
}

/** The phase with this index, before its first iteration. `seed` is the run's. */
export function phaseRun(plan: PhasePlan, index: number, startsAt: number, seed: number): PhaseRun {
  const { name, ackTimeoutMs, executor, durationMs } = plan
  const schedule = isOpen(executor) ? scheduleFor(executor, durationMs, deriveSeed(seed, -1 - index)) : undefined
  const isCounted = executor.kind === 'iterations'
  return {
    index,
    phase: { index, name, ackTimeoutMs },
    plan,
    startsAt,
    endsAt: startsAt + durationMs,
    active: new Set(),
    schedule,
    nextDue: schedule ? startsAt + schedule.next() : Number.POSITIVE_INFINITY,
    queue: [],
    remaining: schedule ? 0 : isCounted ? executor.iterations : Number.POSITIVE_INFINITY,
    thinking: new Set(),
    done: false,
    counts: { due: 0, started: 0, dropped: 0 },
    told: { due: 0, started: 0, dropped: 0 },
  }
}

/** Nothing is left to start, whether or not what was started has ended. */
export function hasRunOut({ schedule, nextDue, queue, remaining, endsAt }: PhaseRun, time: number): boolean {
  if (schedule) return nextDue === Number.POSITIVE_INFINITY && queue.length === 0
  return remaining <= 0 || time >= endsAt
}

/** Iterations since the last call; undefined where there were none. */
export function takeCounts(run: PhaseRun, time: number): IterationCounts | undefined {
  const { index, counts, told, schedule, nextDue, startsAt } = run
  const issued = counts.started + counts.dropped
  const isLate = schedule !== undefined && nextDue <= time
  counts.due = Math.max(told.due, issued, isLate ? schedule.dueBy(time - startsAt) : 0)
  const { due, started, dropped } = counts
  const taken = { phase: index, due: due - told.due, started: started - told.started, dropped: dropped - told.dropped }
  Object.assign(told, counts)
  return taken.due + taken.started + taken.dropped === 0 ? undefined : taken
}
