/** Reads one of a nats-server's monitoring endpoints. Rejects when there is no answer within the deadline. */
export async function readMonitor<T>(monitor: string, path: string, deadlineMs: number): Promise<T> {
  return JSON.parse(await readMonitorText(monitor, path, deadlineMs)) as T
}

/** The answer as it came. */
export async function readMonitorText(monitor: string, path: string, deadlineMs: number): Promise<string> {
  const response = await fetch(`${monitor}/${path}`, { signal: AbortSignal.timeout(deadlineMs) })
  return response.text()
}
