import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks'
import type { GeneratorHealth, Pacing } from './protocol.ts'

const resolutionMs = 10

/** Watches the generator's own thread, which is also a suspect. */
export class HealthMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #gc: PerformanceObserver
  readonly #spins: boolean
  #gcMs = 0
  #loop = performance.eventLoopUtilization()

  constructor(pacing: Pacing) {
    this.#spins = pacing === 'precise'
    this.#gc = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#gcMs += duration
    })
    this.#gc.observe({ entryTypes: ['gc'] })
    this.#delay.enable()
  }

  /** What was seen since the last call. */
  take(): GeneratorHealth {
    const loop = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop)
    this.#loop = loop
    // The histogram holds the whole timer interval, not the excess over it.
    const maxTurnMs = Math.max(0, this.#delay.max / 1e6 - resolutionMs)
    this.#delay.reset()
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
    this.#delay.disable()
    this.#gc.disconnect()
  }
}
