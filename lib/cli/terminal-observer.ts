import { isOpen, type Schedule, scheduleFor } from '../load/index.ts'
import { now } from '../measure/index.ts'
import { Progress } from '../report/index.ts'
import type { Interval, RunObserver, Stage } from '../run/index.ts'
import type { Plan } from '../script/index.ts'
import { RecentRate } from './recent-rate.ts'

/** Turns what a run tells into the live progress of the terminal. */
export class TerminalObserver implements RunObserver {
  readonly #plan: Plan
  readonly #progress: Progress
  readonly #timer: NodeJS.Timeout
  #stage: Stage = 'starting'
  #phase = 0
  #phaseStartedAt = Number.NaN
  #loadStartedAt = Number.NaN
  #schedule: Schedule | undefined
  #fault: string | undefined
  #last: Interval | undefined
  readonly #rate = new RecentRate()
  readonly #totals = { failed: 0, indeterminate: 0, dropped: 0, errors: 0 }

  constructor(plan: Plan, { quiet }: { quiet: boolean }) {
    this.#plan = plan
    this.#progress = new Progress(process.stderr, { quiet })
    this.#timer = setInterval(() => this.#show(), 200)
  }

  stage(stage: Stage): void {
    this.#stage = stage
    this.#show()
  }

  phase(index: number, startedAt: number): void {
    const { executor, durationMs } = this.#plan.phases[index]!
    if (index === 0) this.#loadStartedAt = startedAt
    this.#phase = index
    this.#phaseStartedAt = startedAt
    this.#schedule = isOpen(executor) ? scheduleFor(executor, durationMs, 0) : undefined
    this.#show()
  }

  window(label: string | undefined): void {
    this.#fault = label
    this.#show()
  }

  interval(interval: Interval): void {
    this.#last = interval
    this.#rate.add(interval)
    this.#totals.failed += interval.failed
    this.#totals.indeterminate += interval.indeterminate
    this.#totals.dropped += interval.dropped
    this.#totals.errors += interval.iterationErrors
  }

  log(text: string): void {
    this.#progress.log(text)
  }

  /** Clears the live area and stops. */
  end(): void {
    clearInterval(this.#timer)
    this.#progress.end()
  }

  #show(): void {
    const { phases } = this.#plan
    const time = now()
    const elapsed = (since: number) => (Number.isNaN(since) ? 0 : Math.max(0, time - since))
    const phaseElapsedMs = Math.min(elapsed(this.#phaseStartedAt), phases[this.#phase]!.durationMs)
    const last = this.#last
    const targetRate = this.#schedule?.rateAt(phaseElapsedMs)
    this.#progress.update({
      phases: phases.map(({ name, durationMs }) => ({ name, durationMs })),
      phaseIndex: this.#phase,
      phaseElapsedMs,
      totalElapsedMs: elapsed(this.#loadStartedAt),
      totalMs: phases.reduce((sum, { durationMs }) => sum + durationMs, 0),
      rate: this.#rate.perSecond,
      inFlight: last?.inFlight ?? 0,
      stage: this.#stage,
      ...this.#totals,
      ...(targetRate !== undefined && { targetRate }),
      ...(last?.p50 !== undefined && { p50: last.p50 }),
      ...(last?.p99 !== undefined && { p99: last.p99 }),
      ...(this.#fault !== undefined && { fault: this.#fault }),
    })
  }
}
