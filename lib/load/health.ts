import { PerformanceObserver, performance } from 'node:perf_hooks'
import { now } from '../measure/index.ts'
import type { GeneratorHealth, Pacing } from './protocol.ts'

const beatMs = 10

/** Watches the generator's own thread, which is also a suspect. */
export class HealthMonitor {
  readonly #beat: NodeJS.Timeout
  readonly #gc: PerformanceObserver
  readonly #spins: boolean
  #beatAt = now()
  #maxTurnMs = 0
  #gcMs = 0
  #loop = performance.eventLoopUtilization()

  constructor(pacing: Pacing) {
    this.#spins = pacing === 'precise'
    this.#gc = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#gcMs += duration
    })
    this.#gc.observe({ entryTypes: ['gc'] })
    this.#beat = setInterval(() => this.#noteTurn(), beatMs).unref()
  }

  /** What was seen since the last call. */
  take(): GeneratorHealth {
    const loop = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop)
    this.#loop = loop
    // Whoever calls may be late with the same turn, and ahead of the beat that tells of it.
    this.#noteTurn()
    const maxTurnMs = this.#maxTurnMs
    this.#maxTurnMs = 0
    const gcMs = this.#gcMs
    this.#gcMs = 0
    return {
      maxTurnMs,
      utilization: this.#spins ? null : utilization,
      gcMs,
      heapBytes: process.memoryUsage().heapUsed,
    }
  }

  stop(): void {
    clearInterval(this.#beat)
    this.#gc.disconnect()
  }

  /** A beat is late by as long as a turn kept it waiting. */
  #noteTurn(): void {
    const at = now()
    this.#maxTurnMs = Math.max(this.#maxTurnMs, at - this.#beatAt - beatMs)
    this.#beatAt = at
  }
}
