import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf, UserError } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import { groupStopped } from './stopped.ts'

export interface ProcessOptions {
  /** Laid over `process.env`. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly onSpawn: (pid: number) => void
  /** Gets its whole log, appended. */
  readonly logFile?: string
}

// Spelled out, as they are the package's own types: a user's project may be without @types/node.
export type Signal =
  | 'SIGCONT'
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGKILL'
  | 'SIGQUIT'
  | 'SIGSTOP'
  | 'SIGTERM'
  | 'SIGUSR1'
  | 'SIGUSR2'

export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
}

/** `SIGKILL`, `exit code 1`. */
export function describeExit(exit: ProcessExit | undefined): string {
  return exit?.signal ?? `exit code ${exit?.code}`
}

const keptLines = 200
const keptColumns = 2_000
/** For what a process that ended by itself has still said, where others hold its output open. */
const lastWordsMs = 500

/** A process of the topology, from spawn to exit, with the end of its log. */
export class ManagedProcess {
  readonly #child: ChildProcess
  readonly #log: string[] = []
  /** Resolves when it has ended and its log is complete. */
  readonly exited: Promise<ProcessExit>
  /** Undefined while it runs. */
  exit: ProcessExit | undefined
  /** When SIGKILL was first sent to it, monotonic milliseconds: its end is noticed later, on a busy machine much later. */
  killedAt: number | undefined
  /** It was asked to end, and what it started with it: all of them are waited for. */
  #isAsked = false

  private constructor(child: ChildProcess, logFile: string | undefined) {
    this.#child = child
    const file = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' })
    // A full disk must not end the run: the last lines are kept all the same.
    file?.on('error', () => {})
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#log.push(line.slice(0, keptColumns))
        if (this.#log.length > keptLines) this.#log.shift()
        file?.write(`${line}\n`)
      })
    }
    this.exited = new Promise((resolve) => {
      let rest: NodeJS.Timeout | undefined
      let lastLook: NodeJS.Immediate | undefined
      child.once('exit', () => {
        if (this.#isAsked) return
        rest = setTimeout(() => {
          // What it has said may wait to be read, where this thread was held up: timers come first.
          lastLook = setImmediate(() => this.#hangUp())
        }, lastWordsMs)
      })
      child.once('close', (code, signal) => {
        clearTimeout(rest)
        clearImmediate(lastLook)
        this.exit = { code, signal }
        file?.end()
        resolve(this.exit)
      })
    })
  }

  /**
   * Spawns in a process group of its own, so that a terminal's Ctrl-C reaches the runner alone, which then decides.
   * @throws UserError when the program can't be started.
   */
  static async spawn(command: string, args: readonly string[], options: ProcessOptions): Promise<ManagedProcess> {
    // Some of what can go wrong is thrown (E2BIG), and some is an event (ENOENT).
    const child = await new Promise<ChildProcess>((resolve, reject) => {
      const started = spawn(command, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      started.once('spawn', () => resolve(started))
      started.once('error', reject)
    }).catch((error: unknown) => {
      throw new UserError(`${command} could not be started: ${messageOf(error)}`)
    })
    options.onSpawn(child.pid!)
    return new ManagedProcess(child, options.logFile)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Its last lines so far, stdout and stderr as they came. */
  get logTail(): readonly string[] {
    return this.#log
  }

  /** {@link end} with SIGTERM. */
  stop(deadlineMs: number): Promise<void> {
    return this.end('SIGTERM', deadlineMs)
  }

  /**
   * Ends it with a signal, and with SIGKILL at the deadline; first SIGCONT, because a stopped process heeds only SIGKILL.
   * Never rejects.
   */
  async end(signal: Signal, deadlineMs: number): Promise<void> {
    if (this.exit) return
    if (signal !== 'SIGKILL') this.signal('SIGCONT')
    this.signal(signal)
    const kill = setTimeout(() => {
      this.signal('SIGKILL')
      this.#hangUp()
    }, deadlineMs)
    await this.exited
    clearTimeout(kill)
  }

  /** SIGKILL for what the program started and left in its group when it ended. */
  killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch {
      // There is nothing left.
    }
  }

  /** SIGSTOP; resolves when nothing of it runs any more. */
  async pause(): Promise<void> {
    this.signal('SIGSTOP')
    if (!this.exit) await groupStopped(this.pid)
  }

  /** Signals the whole group: the program may be a wrapper script, and the server its child. */
  signal(signal: Signal): void {
    // Its number may be another's by now.
    if (this.exit) return
    if (signal === 'SIGKILL') this.killedAt ??= now()
    else if (signal !== 'SIGCONT' && signal !== 'SIGSTOP') this.#isAsked = true
    try {
      process.kill(-this.pid, signal)
    } catch {
      // It has just ended.
    }
  }

  /** Else a descendant that lives on and holds these open would be waited for. */
  #hangUp(): void {
    this.#child.stdout!.destroy()
    this.#child.stderr!.destroy()
  }
}
