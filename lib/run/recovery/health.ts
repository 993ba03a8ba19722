import type { IntervalHealth, Normal } from '../recording/interval.ts'

/** Intervals in a row that must be healthy: one may be luck. */
export const healthyInARow = 2

/**
 * Is the system well again? All clients connected, no error, at least 90 % of the iterations that were due completed
 * (80 % of the baseline's rate in a closed loop), and latency back: p90 at most twice the baseline's, or 5 ms above it.
 */
export function isHealthy(interval: IntervalHealth, normal: Normal, open: boolean): boolean {
  const { connected, errors, due, completed, latencyP90, from, to } = interval
  if (!connected || errors > 0) return false
  const seconds = (to - from) / 1_000
  const wanted = open ? 0.9 * due : 0.8 * (normal.rate ?? 0) * seconds
  if (completed < wanted) return false
  if (latencyP90 === undefined || normal.latencyP90 === undefined) return true
  return latencyP90 <= Math.max(2 * normal.latencyP90, normal.latencyP90 + 5)
}

/** Watches the intervals after a heal; says when recovery began to hold. */
export class RecoveryWatch {
  readonly #healedAt: number
  #recoveryMs = 0
  #healthy = 0
  #seen = 0

  constructor(healedAt: number) {
    this.#healedAt = healedAt
  }

  /** Milliseconds from the heal to the first of the healthy intervals in a row, once there are enough. */
  observe({ from }: IntervalHealth, healthy: boolean): number | undefined {
    if (from < this.#healedAt) return undefined
    this.#seen += 1
    if (!healthy) {
      this.#healthy = 0
      return undefined
    }
    // The first interval begins with the heal, but for the time that the message of it took.
    if (this.#healthy === 0) this.#recoveryMs = this.#seen === 1 ? 0 : from - this.#healedAt
    this.#healthy += 1
    return this.#healthy >= healthyInARow ? this.#recoveryMs : undefined
  }
}
