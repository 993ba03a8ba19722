import { callAt } from '../measure/index.ts'

/** Waits until a monotonic time and never shorter, or until the signal is aborted; never rejects. */
export function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = callAt(time, finish)
    signal.addEventListener('abort', finish)
  })
}
