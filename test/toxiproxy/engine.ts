import { readdirSync, readFileSync } from 'node:fs'
import type { ExecutionContext } from 'ava'
import { startEmbedded } from '../../toxiproxy/index.ts'
import { type Engine, engineOf } from '../conformance/engines.ts'

/** An embedded engine of the test's own. */
export async function embeddedEngine(t: ExecutionContext, seed = 1): Promise<Engine> {
  const server = await startEmbedded({ seed })
  t.teardown(() => server.stop())
  return engineOf(server)
}

/** Resident memory in bytes. Linux only. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

/** Open files and sockets. Linux only. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Resolves when `condition` holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
