import { execFile } from 'node:child_process'
import { connect as connectTcp } from 'node:net'
import { promisify } from 'node:util'
import { ErrorCode, type NatsConnection, NatsError } from 'nats'
import { fetchReasonOf } from '../errors.ts'
import { formatDuration } from '../measure/index.ts'
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
      }).catch((error: unknown) => {
        throw new Error(fetchReasonOf(error))
      })
      await response.arrayBuffer()
      if (response.status < 200 || response.status > 399) throw new Error(`status ${response.status}`)
      return
    }
    case 'tcp':
      return accepts('127.0.0.1', target.port, timeoutMs)
    case 'nats': {
      const nats = await target.nats()
      const subject = probe.subject.replaceAll('{instance}', target.instance)
      await nats.request(subject, undefined, { timeout: timeoutMs }).catch((error: unknown) => {
        throw unanswered(error, timeoutMs)
      })
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
      await started.catch((error: FailedCommand) => {
        throw new Error(endOf(error, timeoutMs))
      })
    }
  }
}

function unanswered(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof NatsError)) return error
  if (error.code === ErrorCode.NoResponders) return new Error('no responders')
  return error.code === ErrorCode.Timeout ? new Error(noAnswer(timeoutMs)) : error
}

/** As `execFile` rejects; `code` is a text such as `ENOENT` when it could not be started. */
interface FailedCommand extends Error {
  readonly code?: number | string | null
  readonly signal?: string | null
  readonly killed?: boolean
  readonly stdout?: string
  readonly stderr?: string
}

/** How a command ended, and the last thing that it said. */
function endOf({ message, code, signal, killed, stdout, stderr }: FailedCommand, timeoutMs: number): string {
  if (typeof code === 'string') return message
  const how = killed ? noAnswer(timeoutMs) : (signal ?? `exit code ${code}`)
  const said = (stderr?.trim() || stdout?.trim())?.split('\n').at(-1)
  return said ? `${how}: ${said}` : how
}

function noAnswer(timeoutMs: number): string {
  return `no answer within ${formatDuration(timeoutMs)}`
}

/** Rejects with a reason when nobody accepts a connection in time. */
export function accepts(host: string, port: number, timeoutMs: number): Promise<void> {
  const socket = connectTcp({ host, port, timeout: timeoutMs })
  return new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
    socket.once('timeout', () => reject(new Error(noAnswer(timeoutMs))))
  }).finally(() => socket.destroy())
}
