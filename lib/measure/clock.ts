import { performance } from 'node:perf_hooks'

// `performance.now()` counts from its own thread's start; `hrtime` is CLOCK_MONOTONIC, one base for every thread and
// process of the host. Reading the latter once and adding it gives a cheap clock that all parts of a run agree on.
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/**
 * Monotonic milliseconds with sub-microsecond resolution, comparable across the threads and processes of one host.
 * Never wall time: it does not jump when the system clock is set.
 */
export function now(): number {
  return performance.now() + offset
}
