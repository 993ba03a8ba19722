import { execFile } from 'node:child_process'
import { connect as connectTcp } from 'node:net'
import { promisify } from 'node:util'
import type { NatsConnection } from 'nats'
import type { ProbePlan } from './plan.ts'
import { programPath } from './program.ts'

/** What a probe may look at. */
export interface ProbeTarget {
  readonly instance: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** That a program named by a path is in. */
  readonly folder: string | undefined
  readonly onSpawn: (pid: number) => void
  /** Past the instance's own link, which may be cut on purpose. */
  readonly nats: () => Promise<NatsConnection>
}

const run = promisify(execFile)

/** Asks once; rejects with a reason when the answer is bad or does not come in time. */
export async function probeOnce(probe: ProbePlan, target: ProbeTarget, timeoutMs: number): Promise<void> {
  switch (probe.kind) {
    case 'http': {
      const url = `http://127.0.0.1:${target.port}${probe.path}`
      const response = await fetch(url, {
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'manual',
        headers: { connection: 'close' },
      }).catch((error: Error) => {
        throw new Error(error.cause instanceof Error ? error.cause.message : error.message)
      })
      await response.arrayBuffer()
      if (response.status < 200 || response.status > 399) throw new Error(`status ${response.status}`)
      return
    }
    case 'tcp':
      return accepts('127.0.0.1', target.port, timeoutMs)
    case 'nats': {
      const nats = await target.nats()
      await nats.request(probe.subject.replaceAll('{instance}', target.instance), undefined, { timeout: timeoutMs })
      return
    }
    case 'command': {
      const [program, ...args] = probe.command
      const started = run(programPath(program!, target.folder), args, {
        cwd: target.cwd,
        env: { ...process.env, ...target.env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      })
      if (started.child.pid !== undefined) target.onSpawn(started.child.pid)
      await started
    }
  }
}

/** Rejects with a reason when nobody accepts a connection in time. */
export function accepts(host: string, port: number, timeoutMs: number): Promise<void> {
  const socket = connectTcp({ host, port, timeout: timeoutMs })
  return new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
    socket.once('timeout', () => reject(new Error(`no answer within ${timeoutMs} ms`)))
  }).finally(() => socket.destroy())
}
