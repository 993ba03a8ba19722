import { now } from '../../measure/index.ts'
import type { Plan } from '../../script/index.ts'
import type { Interval } from '../recording/interval.ts'
import { sleepUntil } from '../sleep-until.ts'
import { actionsOf } from './actions.ts'
import { FaultPlay, type FaultPlayParts } from './fault-play.ts'

/** A halt ends the play where it is. */
export type PlayParts = FaultPlayParts

/** Time for the first phase's message to reach the generator, so that the first iteration is not late. */
const leadMs = 100

export interface PhaseSpan {
  readonly startMs: number
  /** Absent while it lasts. */
  endMs?: number
}

/**
 * Plays the plan's phases by the clock, and has their faults applied and healed at their times. It is the only place that knows
 * when what is done to the system.
 */
export class LoadPlay {
  readonly faults: FaultPlay
  readonly #parts: PlayParts
  readonly #spans: PhaseSpan[] = []
  /** When the generator had nothing left to do for a phase, by its index; monotonic ms. */
  readonly #doneAt = new Map<number, number>()
  #ranOut: AbortController | undefined
  #phase = 0

  constructor(parts: PlayParts) {
    this.#parts = parts
    this.faults = new FaultPlay(parts)
  }

  /** Start and end of each phase that began, milliseconds from the start of the load. */
  get phases(): readonly PhaseSpan[] {
    return this.#spans
  }

  /** Fixes when the load starts, a moment from now; returns that, in monotonic milliseconds. */
  begin(): number {
    const startsAt = now() + leadMs
    this.#parts.recording.origin = startsAt
    this.#announcePhase(0, startsAt)
    return startsAt
  }

  /** Resolves when the last phase is over, or at a halt; what was being healed by then is healed, which may be later. */
  async play(): Promise<void> {
    const { plan, recording, halts, windows } = this.#parts
    const { signal } = halts
    let startsAt = recording.origin
    for (const index of plan.phases.keys()) {
      await sleepUntil(startsAt, signal)
      if (signal.aborted) return
      startsAt = await this.#playPhase(index, startsAt)
    }
    if (!signal.aborted) windows.end(startsAt)
  }

  /** The generator has nothing left to do for a phase: only `iterations` is over before its time. */
  phaseDone(index: number): void {
    this.#doneAt.set(index, now())
    if (index === this.#phase) this.#ranOut?.abort()
  }

  /** Called with each interval: recovery is judged by it. */
  observe(interval: Interval): void {
    // Where nothing is sent nothing is slow, and nothing is well again.
    if (this.#parts.windows.isOver((interval.from + interval.to) / 2)) return
    this.faults.observe(interval, this.#phase)
  }

  /** Heals whatever is still in force, and ends a load that was halted, which went on until then. Never rejects. */
  async healAll(): Promise<void> {
    this.#parts.windows.end(await this.faults.healAll())
  }

  /** Returns when the next phase starts: as planned, or soon if this one ran out of iterations. */
  async #playPhase(index: number, startsAt: number): Promise<number> {
    const { plan, halts, recording, windows } = this.#parts
    const { signal } = halts
    const phase = plan.phases[index]!
    const planned = startsAt + phase.durationMs
    const ranOut = new AbortController()
    this.#ranOut = mayRunOut(phase) ? ranOut : undefined
    // While a fault of the phase before was being healed.
    if (this.#doneAt.has(index)) this.#ranOut?.abort()
    const over = AbortSignal.any([signal, ranOut.signal])
    this.#phase = index
    this.#enter(index, startsAt)
    const span = this.#spans[index]!
    let healedAt = startsAt
    for (const { at, kind, occurrence } of actionsOf(phase.faults, startsAt, planned)) {
      await sleepUntil(at, over)
      if (signal.aborted) break
      if (kind === 'heal') {
        await this.faults.heal(occurrence)
        healedAt = now()
      } else if (!over.aborted) await this.faults.apply(occurrence, at, index)
    }
    await sleepUntil(planned, over)
    // Its own faults are healed within it.
    const endsAt = over.aborted ? Math.min(planned, Math.max(this.#doneAt.get(index) ?? now(), healedAt)) : planned
    span.endMs = endsAt - recording.origin
    if (!this.#ranOut || index === plan.phases.length - 1) return endsAt
    windows.endPhase(endsAt)
    const next = now() + leadMs
    this.#announcePhase(index + 1, next)
    return next
  }

  /** Begins a phase, or after the last one ends the load; those after it by the clock, whatever is being healed at that time. */
  #enter(index: number, startsAt: number): void {
    const { plan, windows, observer, halts, recording } = this.#parts
    if (halts.halted || index < this.#spans.length) return
    const phase = plan.phases[index]
    if (!phase) {
      windows.end(startsAt)
      return
    }
    windows.startPhase(startsAt, index)
    this.#spans.push({ startMs: startsAt - recording.origin })
    observer.phase(index, startsAt)
    if (mayRunOut(phase)) return
    const planned = startsAt + phase.durationMs
    void sleepUntil(planned - leadMs, halts.signal).then(() => this.#announcePhase(index + 1, planned))
    void sleepUntil(planned, halts.signal).then(() => this.#enter(index + 1, planned))
  }

  /** Tells the generator of a phase ahead of its start. */
  #announcePhase(index: number, startsAt: number): void {
    const { plan, generator, halts } = this.#parts
    if (halts.halted || index >= plan.phases.length) return
    generator.send({ type: 'phase', index, startsAt })
  }
}

/** Only `iterations` ends before its time; only then is the next phase's start not known ahead. */
function mayRunOut({ executor }: Plan['phases'][number]): boolean {
  return executor.kind === 'iterations'
}
