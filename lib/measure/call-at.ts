import { now } from './clock.ts'

/** Calls once a monotonic time has come, and never before: Node's timers may be two milliseconds early. Returns what calls it off. */
export function callAt(time: number, call: () => void): () => void {
  const wake = () => {
    const left = time - now()
    if (left <= 0) call()
    else timer = setTimeout(wake, left)
  }
  let timer = setTimeout(wake, Math.max(0, time - now()))
  return () => clearTimeout(timer)
}
