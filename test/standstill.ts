import type { ExecutionContext } from 'ava'
import { now } from '../lib/measure/index.ts'

const beatMs = 5

/** Watches for how long nothing at all was done in this process: a test's own timers and those of what it tests are late by so much. */
export function watchStandstill(t: ExecutionContext) {
  let longest = 0
  let at = now()
  const note = () => {
    longest = Math.max(longest, now() - at)
    at = now()
  }
  const timer = setInterval(note, beatMs)
  t.teardown(() => clearInterval(timer))
  return {
    /** Milliseconds, of the longest so far. */
    get longestMs(): number {
      note()
      return longest
    },
  }
}
