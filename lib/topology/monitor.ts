/** Reads one of a nats-server's monitoring endpoints. Rejects when there is no answer within the deadline. */
export async function readMonitor<T>(monitor: string, path: string, deadlineMs: number): Promise<T> {
  const response = await fetch(`${monitor}/${path}`, { signal: AbortSignal.timeout(deadlineMs) })
  return (await response.json()) as T
}
