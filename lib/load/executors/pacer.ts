import type { Pacing } from '../protocol.ts'

/**
 * Calls `tick` over and over; returns what stops it. `precise` spins on setImmediate: I/O is polled at every turn and a
 * start is microseconds late, for one whole core. `eco` uses a 1 ms timer: 0.6 ms late in the median, a few percent of
 * a core (bench/pacing.ts).
 */
export function startPacer(pacing: Pacing, tick: () => void): () => void {
  if (pacing === 'eco') {
    const timer = setInterval(tick, 1)
    return () => clearInterval(timer)
  }
  let running = true
  const spin = () => {
    if (!running) return
    tick()
    setImmediate(spin)
  }
  setImmediate(spin)
  return () => {
    running = false
  }
}
