import type { Took } from '../../report/index.ts'

/** From one moment to another, or to `until` when that was waited for in vain. Monotonic milliseconds. */
export function took(from: number, to: number | undefined, until: number): Took {
  return to !== undefined && to <= until ? { ms: Math.max(0, to - from) } : { notWithinMs: Math.max(0, until - from) }
}
