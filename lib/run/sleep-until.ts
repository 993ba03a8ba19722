import { now } from '../measure/index.ts'

/** Waits until a monotonic time and never shorter, or until the signal is aborted; never rejects. */
export function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    // A timer may be a little early.
    const wake = () => {
      if (now() >= time) finish()
      else timer = setTimeout(wake, time - now())
    }
    let timer = setTimeout(wake, Math.max(0, time - now()))
    signal.addEventListener('abort', finish)
  })
}
