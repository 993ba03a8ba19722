import { formatDuration } from './units.ts'

/** What the generator did in one phase. */
export interface GeneratorPhase {
  /** Iterations due and started (or dropped) by the end of the phase. */
  readonly due: number
  readonly started: number
  readonly dropped: number
  readonly open: boolean
  /** 99th percentiles over the phase, ms; undefined without samples. */
  readonly lagP99: number | undefined
  readonly latencyP99: number | undefined
  /** Median service time, ms. */
  readonly serviceP50: number | undefined
  /** Mean share of time that the event loop was busy; null when it spins. */
  readonly utilization: number | null
}

export interface Validity {
  /** The phase's numbers are the generator's and not the system's. */
  readonly invalid?: string
  /** They may be, in part. */
  readonly caution?: string
}

/** Below this a late start is the operating system's noise and not a generator that can't keep up; milliseconds. */
export const defaultMaxLagMs = 20

/**
 * Was the generator the bottleneck? In an open loop it was when it had started less than 99 % of what was due, and lacked
 * more than one, or when lateness of its own makes up more than half of the reported p99 and more than `maxLagMs`: then the percentile tells
 * of the generator. A lag p99 above 1 ms and a tenth of the median service time asks for care. In a closed loop a busy
 * generator limits throughput without falsifying latency, which is a caution.
 */
export function judgeGenerator(phase: GeneratorPhase, maxLagMs = defaultMaxLagMs): Validity {
  const { due, started, dropped, open, lagP99, latencyP99, serviceP50, utilization } = phase
  if (!open) {
    return utilization !== null && utilization > 0.9
      ? { caution: `the generator was ${Math.round(utilization * 100)}% busy: throughput may be its limit` }
      : {}
  }
  const issued = started + dropped
  // One may be due at the very moment at which the run is interrupted.
  if (due - issued > Math.max(1, 0.01 * due)) {
    return {
      invalid: `the generator started ${issued} of ${due} due iterations: lower the rate or use a faster machine`,
    }
  }
  if (lagP99 === undefined) return {}
  const lag = `iterations started ${formatDuration(lagP99)} late at p99`
  if (lagP99 > maxLagMs && latencyP99 !== undefined && lagP99 > latencyP99 / 2) {
    return { invalid: `${lag}, more than half of the latency reported (${formatDuration(latencyP99)})` }
  }
  if (lagP99 > Math.max(1, (serviceP50 ?? 0) / 10))
    return { caution: `${lag}; latency from intended start includes that` }
  return {}
}
