import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import type { CheckPlan } from './plan.ts'
import { type ProbeTarget, probeOnce } from './probe.ts'

/** Asks an instance again and again whether it is well: up after `rise` good answers in a row, down after `fall` bad ones. */
export class Health {
  readonly #plan: CheckPlan
  readonly #target: ProbeTarget
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #inARow = 0
  #up = false
  /** Why the last bad answer was bad. */
  reason: string | undefined

  constructor(plan: CheckPlan, target: ProbeTarget) {
    this.#plan = plan
    this.#target = target
  }

  get up(): boolean {
    return this.#up
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when the last probe has ended; it counts as down from now on. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#up = false
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const { probe, intervalMs, timeoutMs } = this.#plan
    while (!signal.aborted) {
      const reason = await probeOnce(probe, this.#target, timeoutMs).then(() => undefined, messageOf)
      if (signal.aborted) return
      this.#take(reason)
      await sleep(intervalMs, undefined, { signal }).catch(() => {})
    }
  }

  #take(reason: string | undefined): void {
    const good = reason === undefined
    if (!good) this.reason = reason
    this.#inARow = good === this.#up ? 0 : this.#inARow + 1
    if (this.#inARow < (good ? this.#plan.rise : this.#plan.fall)) return
    this.#up = good
    this.#inARow = 0
  }
}
