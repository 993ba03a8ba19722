import { randomFrom } from '../../measure/index.ts'
import type { Executor } from './phase.ts'

/**
 * When the iterations of an open loop should start. Fixed before the first one does, and never adjusted to how the
 * system answers: a late iteration is still due when it was due.
 */
export interface Schedule {
  /** Milliseconds from the start of the phase at which the next iteration is due; Infinity when there are no more. */
  next(): number
  /** How many should have been due by a moment of the phase; for Poisson arrivals, how many are to be expected. */
  dueBy(elapsedMs: number): number
  /** The rate wanted at a moment of the phase, iterations a second; for display. */
  rateAt(elapsedMs: number): number
}

type OpenExecutor = Extract<Executor, { kind: 'rate' | 'stages' }>

export function isOpen(executor: Executor): executor is OpenExecutor {
  return executor.kind === 'rate' || executor.kind === 'stages'
}

/** The schedule of an open-loop executor. `seed` only matters for Poisson arrivals. */
export function scheduleFor(executor: OpenExecutor, durationMs: number, seed: number): Schedule {
  const segments =
    executor.kind === 'rate'
      ? [{ startMs: 0, durationMs, from: executor.rate, to: executor.rate }]
      : stageSegments(executor.startRate, executor.stages)
  const count = executor.arrival === 'poisson' ? poissonCounts(seed) : evenCounts()
  return new SegmentedSchedule(segments, durationMs, count)
}

/** The largest rate an executor asks for, iterations a second. */
export function peakRate(executor: OpenExecutor): number {
  if (executor.kind === 'rate') return executor.rate
  return Math.max(executor.startRate, ...executor.stages.map(({ target }) => target))
}

/** A stretch in which the rate moves linearly from `from` to `to`, iterations a second. */
interface Segment {
  readonly startMs: number
  readonly durationMs: number
  readonly from: number
  readonly to: number
}

function stageSegments(startRate: number, stages: readonly { durationMs: number; target: number }[]): Segment[] {
  let startMs = 0
  let from = startRate
  return stages.map(({ durationMs, target }) => {
    const segment = { startMs, durationMs, from, to: target }
    startMs += durationMs
    from = target
    return segment
  })
}

/** Even spacing: the n-th start comes when n iterations have become due. */
function evenCounts(): () => number {
  let count = 0
  return () => {
    count += 1
    return count - 1
  }
}

/** A Poisson process of rate 1: exponential gaps, −ln(U). Mapped through the rate's integral it follows any ramp. */
function poissonCounts(seed: number): () => number {
  const random = randomFrom(seed)
  let sum = 0
  return () => {
    sum -= Math.log(1 - random())
    return sum
  }
}

/**
 * Inverts the number of iterations due by time t. Within a segment of length T with rates r0 → r1 that number is
 * H(t) = r0·t + (r1 − r0)·t²/(2T); so the start of iteration h is t = (−r0 + √(r0² + 2·s·h)) / s with s = (r1 − r0)/T,
 * and h/r0 when s = 0. Closed form, so that rounding does not add up over a long run.
 */
class SegmentedSchedule implements Schedule {
  readonly #segments: readonly Segment[]
  readonly #endMs: number
  readonly #count: () => number
  #position = 0
  /** Iterations due before the segment under way. */
  #before = 0

  constructor(segments: readonly Segment[], endMs: number, count: () => number) {
    this.#segments = segments
    this.#endMs = endMs
    this.#count = count
  }

  next(): number {
    const wanted = this.#count()
    while (this.#position < this.#segments.length) {
      const segment = this.#segments[this.#position]!
      const total = ((segment.from + segment.to) / 2) * (segment.durationMs / 1_000)
      const within = wanted - this.#before
      if (within < total) {
        const due = segment.startMs + invert(segment, within) * 1_000
        return due < this.#endMs ? due : Number.POSITIVE_INFINITY
      }
      this.#before += total
      this.#position += 1
    }
    return Number.POSITIVE_INFINITY
  }

  dueBy(elapsedMs: number): number {
    const until = Math.min(elapsedMs, this.#endMs)
    let due = 0
    for (const { startMs, durationMs, from, to } of this.#segments) {
      if (until <= startMs) break
      if (durationMs === 0) continue
      const within = Math.min(durationMs, until - startMs) / 1_000
      due += from * within + ((to - from) * within * within) / (2 * (durationMs / 1_000))
    }
    return Math.floor(due)
  }

  rateAt(elapsedMs: number): number {
    const segment =
      this.#segments.find(({ startMs, durationMs }) => elapsedMs < startMs + durationMs) ?? this.#segments.at(-1)!
    const share = segment.durationMs === 0 ? 1 : Math.min(1, (elapsedMs - segment.startMs) / segment.durationMs)
    return segment.from + (segment.to - segment.from) * share
  }
}

/** Seconds into the segment at which `count` iterations have become due. */
function invert({ from, to, durationMs }: Segment, count: number): number {
  const slope = (to - from) / (durationMs / 1_000)
  if (slope === 0) return count / from
  return (-from + Math.sqrt(Math.max(0, from * from + 2 * slope * count))) / slope
}
