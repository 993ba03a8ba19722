import { now } from '../measure/index.ts'

const intervalMs = 1_000

/**
 * Calls `tell` at whole seconds from `origin` (monotonic ms) on, as a run's timeline is cut: an interval timer would drift
 * away from them. Returns what ends it.
 */
export function everySecond(origin: number, tell: () => void): () => void {
  let timer: NodeJS.Timeout
  const next = () => {
    const left = intervalMs - ((now() - origin) % intervalMs)
    // A timer may be a little early, and an edge is its own snapshot.
    const inMs = left < intervalMs / 10 ? left + intervalMs : left
    timer = setTimeout(() => {
      tell()
      next()
    }, inMs)
  }
  next()
  return () => clearTimeout(timer)
}
