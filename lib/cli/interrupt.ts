import { exitCode } from '../errors.ts'

/**
 * The first signal asks for an orderly end, the second ends at once. A process that was started by another Squall ends with
 * it, too: its channel closes. It is for the life of the process: a signal that comes when all is done must not turn its exit code.
 */
export function onInterrupt(interrupt: AbortController): void {
  const events = ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.connected ? ['disconnect'] : [])]
  const handle = () => {
    if (interrupt.signal.aborted) process.exit(exitCode.interrupted)
    interrupt.abort()
  }
  for (const event of events) process.on(event, handle)
}
