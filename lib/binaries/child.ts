import { spawn } from 'node:child_process'

export interface ChildOptions {
  /** Milliseconds until the child and all it started are killed. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** Enough for a compiler's complaint or a version, and a bound on what a talkative program can make us hold. */
const maxOutput = 64 * 1024

/**
 * Runs a program to its end and returns what it printed on both outputs, oldest text first dropped.
 * Rejects with a one-line Error if it can't be started, ends with another code than 0, takes too long or is aborted;
 * in the last two cases its whole process group has been killed, compilers and other grandchildren too.
 */
export function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted()
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      cwd: options.cwd,
    })
    let output = ''
    let killed: Error | undefined
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-maxOutput)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)

    const kill = (reason: Error) => {
      killed ??= reason
      killGroup(child.pid)
    }
    const timer = setTimeout(() => kill(new Error(`not done after ${options.timeout / 1000} s`)), options.timeout)
    const onAbort = () => kill(options.signal?.reason ?? new Error('aborted'))
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const settle = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }

    child.once('error', (error: NodeJS.ErrnoException) => {
      settle()
      reject(error.code === 'ENOENT' ? new Error(`${program} is not installed`) : error)
    })
    child.once('close', (code, signal) => {
      settle()
      if (killed) reject(killed)
      else if (code === 0) resolve(output)
      else reject(new Error(`${program} ended with ${signal ?? `code ${code}`}: ${lastLine(output)}`))
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() || 'no output'
}
