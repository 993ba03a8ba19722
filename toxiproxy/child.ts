import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Death {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last lines that it wrote to stdout and stderr. */
  readonly logTail: readonly string[]
}

export interface StartOptions {
  /** Laid over `process.env`. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Called with the process id as soon as there is one, before the server is ready. */
  readonly onSpawn?: ((pid: number) => void) | undefined
}

/** A server process, from spawn to exit. */
export interface Child {
  readonly pid: number
  /** Aborted when it has ended. */
  readonly gone: AbortSignal
  readonly died: Promise<Death>
  /** Its last lines so far. */
  readonly logTail: readonly string[]
  /** Resolves with the first line of its output that matches, earlier ones included. */
  waitForLine(matches: (line: string) => boolean, signal: AbortSignal): Promise<string>
  readonly stop: () => Promise<void>
}

const keptLines = 50
const killAfter = 2_000

/**
 * Spawns in a process group of its own, so that a terminal's Ctrl-C reaches only the runner, which then decides. Its
 * standard input is a pipe that ends when this process does.
 */
export async function spawnChild(command: string, args: readonly string[], options: StartOptions): Promise<Child> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new Error(`${command} could not be started: ${(error as Error).message}`, { cause: error })
  }
  child.on('error', () => {}) // a signal that came too late
  const pid = child.pid ?? 0
  options.onSpawn?.(pid)

  const logTail: string[] = []
  const watchers = new Set<(line: string) => void>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      logTail.push(line)
      if (logTail.length > keptLines) logTail.shift()
      for (const watch of watchers) watch(line)
    })
  }
  child.stdin.on('error', () => {}) // it may be gone already

  const gone = new AbortController()
  const died = new Promise<Death>((resolve) => {
    child.once('close', (code, signal) => {
      gone.abort()
      resolve({ code, signal, logTail })
    })
  })

  return {
    pid,
    gone: gone.signal,
    died,
    logTail,
    waitForLine: (matches, signal) =>
      new Promise((resolve, reject) => {
        const seen = logTail.find(matches)
        if (seen !== undefined) return resolve(seen)
        const watch = (line: string) => {
          if (!matches(line)) return
          watchers.delete(watch)
          resolve(line)
        }
        watchers.add(watch)
        const give = () => {
          watchers.delete(watch)
          reject(signal.reason)
        }
        if (signal.aborted) give()
        else signal.addEventListener('abort', give, { once: true })
      }),
    stop: async () => {
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), killAfter)
      await died
      clearTimeout(kill)
    },
  }
}
