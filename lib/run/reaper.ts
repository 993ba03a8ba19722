import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ReaperOptions {
  readonly runId: string
  readonly runDir: string
  /** Leaves the folder for people to look into. */
  readonly keep: boolean
}

export interface Reaper {
  /** For the environment of every process of the run: it is by this that the reaper knows them. */
  readonly env: Readonly<Record<string, string>>
  /** Names a process of the run, for platforms on which another's environment can't be read. */
  register(pid: number): void
  /** The run is over: removes what is left of it. Resolves when that is done; never rejects. */
  done(): Promise<void>
}

/**
 * Starts the process that cleans up after a run, however it ends. It is started before anything else and holds the other
 * end of a pipe from here: the kernel closes that when this process dies, kill −9 included.
 */
export function startReaper({ runId, runDir, keep }: ReaperOptions): Reaper {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = fileURLToPath(new URL(isSource ? './reaper-process.ts' : './reaper-process.js', import.meta.url))
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : []
  const child = spawn(process.execPath, [...loader, entry, runId, runDir, keep ? 'keep' : 'remove'], {
    // A session of its own: what ends a terminal's processes must not end this one.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  const exited = once(child, 'exit')
  exited.catch(() => {})
  child.stdin.on('error', () => {})
  child.on('error', () => {})
  child.unref()
  // A pipe's handle, which keeps the event loop alive unless told otherwise; the types do not know.
  ;(child.stdin as unknown as { unref(): void }).unref()
  return {
    env: { SQUALL_RUN: runId },
    register(pid) {
      child.stdin.write(`pid ${pid}\n`)
    },
    async done() {
      child.ref()
      child.stdin.end('done\n')
      if (child.exitCode === null && child.signalCode === null) await exited.catch(() => {})
    },
  }
}
