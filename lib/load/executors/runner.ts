import { callAt, now, sample } from '../../measure/index.ts'
import type { IterationCounts, Pacing } from '../protocol.ts'
import type { Tagger } from '../tagger.ts'
import { startPacer } from './pacer.ts'
import type { PhasePlan } from './phase.ts'
import { hasRunOut, type PhaseRun, phaseRun, takeCounts } from './phase-run.ts'
import { isOpen } from './schedule.ts'
import { Vu, type VuParts } from './vu.ts'

export interface RunnerParts extends Omit<VuParts, 'ended'> {
  readonly phases: readonly PhasePlan[]
  readonly pacing: Pacing
  readonly tagger: Tagger
  /** An iteration of the phase is about to start; told before the first one, and again. */
  readonly phaseBegins: (index: number) => void
  /** The phase has started all iterations it ever will, and they have ended. */
  readonly phaseDone: (index: number) => void
  readonly iterationThrew: (error: unknown) => void
}

/** Iterations that may wait in a phase with `overrun: 'queue'`; V8 shifts arrays up to about this size quickly. */
const maxQueued = 50_000

/** Starts at most this many iterations in one turn of the event loop, so that acks are read while it catches up. */
const startsPerTurn = 256

/** Runs the phases' iterations: open loops by the schedule, closed loops by their users. */
export class Runner {
  readonly #parts: RunnerParts
  readonly #vuParts: VuParts
  readonly #runs: PhaseRun[] = []
  readonly #idle: Vu[] = []
  readonly #runOf = new Map<Vu, PhaseRun>()
  readonly #stopPacer: () => void
  #vus = 0
  #iterations = 0
  #drained: (() => void) | undefined

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.#vuParts = { ...parts, ended: (vu, error) => this.#ended(vu, error) }
    this.#stopPacer = startPacer(parts.pacing, () => this.#tick())
  }

  startPhase(index: number, startsAt: number): void {
    const { phases, seed, phaseBegins } = this.#parts
    const run = phaseRun(phases[index]!, index, startsAt, seed)
    this.#runs.push(run)
    const { executor } = run.plan
    if (isOpen(executor)) return
    this.#later(run, startsAt, () => {
      phaseBegins(index)
      for (let user = 0; user < executor.vus; user += 1) this.#continue(run)
    })
  }

  get inFlight(): number {
    return this.#runOf.size
  }

  /** Counts since the last call, of the phases that have any. */
  take(): IterationCounts[] {
    const time = now()
    return this.#runs.flatMap((run) => takeCounts(run, time) ?? [])
  }

  /** Resolves when nothing is in flight or due, or at `deadline`; then the number of iterations given up. */
  async finish(deadline: number, abort: boolean): Promise<number> {
    for (const run of this.#runs) {
      if (abort) {
        run.nextDue = Number.POSITIVE_INFINITY
        run.queue.length = 0
      }
      run.remaining = 0
      this.#stopThinking(run)
    }
    if (!this.#isQuiet()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, deadline - now()))
        this.#drained = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#stopPacer()
    let interrupted = 0
    for (const run of this.#runs) interrupted += this.#interrupt(run)
    return interrupted
  }

  #tick(): void {
    const time = now()
    for (const run of this.#runs) {
      if (run.done) continue
      let starts = 0
      while (run.nextDue <= time && starts < startsPerTurn) {
        this.#startDue(run, run.nextDue)
        run.nextDue = run.startsAt + run.schedule!.next()
        starts += 1
      }
      if (time >= run.endsAt + run.plan.gracefulStopMs) this.#interrupt(run)
      this.#settle(run, time)
    }
  }

  #startDue(run: PhaseRun, due: number): void {
    this.#parts.phaseBegins(run.index)
    const { set } = this.#parts.tagger.samples(run.index, due)
    const isFull = run.active.size >= run.plan.maxInFlight
    if (isFull && (run.plan.overrun === 'drop' || run.queue.length >= maxQueued)) {
      run.counts.dropped += 1
      set.counter('dropped_iterations').count += 1
      return
    }
    // How late the generator is by itself. Waiting for others to end is the system's doing, and only in the latency.
    sample(set.trend('schedule_lag'), Math.max(0, now() - due))
    if (isFull) run.queue.push(due)
    else this.#start(run, due)
  }

  #start(run: PhaseRun, due: number): void {
    const vu = this.#idle.pop() ?? this.#newVu()
    run.active.add(vu)
    this.#runOf.set(vu, run)
    run.counts.started += 1
    const number = this.#iterations
    this.#iterations += 1
    vu.run(run.phase, number, due)
  }

  #newVu(): Vu {
    this.#vus += 1
    return new Vu(this.#vus - 1, this.#vuParts)
  }

  #ended(vu: Vu, error: unknown): void {
    const run = this.#runOf.get(vu)
    if (!run) return
    this.#runOf.delete(vu)
    run.active.delete(vu)
    this.#idle.push(vu)
    if (error !== undefined) this.#parts.iterationThrew(error)
    if (run.queue.length > 0) setImmediate(() => this.#startQueued(run))
    else if (!run.schedule) {
      // A load() that returns at once must not keep the event loop from everything else.
      if (run.plan.thinkTimeMs > 0) this.#later(run, now() + run.plan.thinkTimeMs, () => this.#continue(run))
      else setImmediate(() => this.#continue(run))
    }
  }

  #startQueued(run: PhaseRun): void {
    if (run.active.size >= run.plan.maxInFlight) return
    const due = run.queue.shift()
    if (due !== undefined) this.#start(run, due)
  }

  /** Closed loop: one user's next iteration, if there is to be one. */
  #continue(run: PhaseRun): void {
    const time = now()
    if (run.remaining > 0 && time < run.endsAt) {
      run.remaining -= 1
      this.#start(run, time)
    }
  }

  #later(run: PhaseRun, time: number, then: () => void): void {
    const cancel = callAt(time, () => {
      run.thinking.delete(cancel)
      then()
    })
    run.thinking.add(cancel)
  }

  #stopThinking({ thinking }: PhaseRun): void {
    for (const cancel of thinking) cancel()
    thinking.clear()
  }

  #settle(run: PhaseRun, time: number): void {
    if (!hasRunOut(run, time) || run.active.size > 0) return
    this.#stopThinking(run)
    run.done = true
    this.#parts.phaseDone(run.index)
    if (this.#isQuiet()) this.#drained?.()
  }

  #interrupt(run: PhaseRun): number {
    const interrupted = run.active.size + run.queue.length
    run.queue.length = 0
    for (const vu of run.active) {
      vu.abandoned = true
      this.#runOf.delete(vu)
    }
    run.active.clear()
    if (interrupted > 0) {
      const { set } = this.#parts.tagger.samples(run.index, now())
      set.counter('interrupted_iterations').count += interrupted
    }
    return interrupted
  }

  #isQuiet(): boolean {
    return this.#runs.every((run) => run.done)
  }
}
