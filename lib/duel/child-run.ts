import { spawn } from 'node:child_process'

export interface ChildRun {
  /** Null when a signal ended it. */
  readonly code: number | null
  /** The end of what it complained of; of all that it printed where it did not complain. */
  readonly output: string
}

const keptCharacters = 8_000

/**
 * `squall run` with these arguments, in a process of its own: the one that `squall` itself was started as. It is asked to end
 * when `interrupt` is, and ends by itself when this process is gone.
 */
export function runInChild(args: readonly string[], interrupt: AbortSignal): Promise<ChildRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'run', ...args], {
      // A group of its own: Ctrl-C would reach it twice, and a second one means "at once".
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const printed = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]!.setEncoding('utf8').on('data', (text: string) => {
        printed[name] = (printed[name] + text).slice(-keptCharacters)
      })
    }
    const end = () => child.kill('SIGINT')
    if (interrupt.aborted) end()
    interrupt.addEventListener('abort', end, { once: true })
    child.once('error', reject)
    child.once('close', (code) => {
      interrupt.removeEventListener('abort', end)
      resolve({ code, output: printed.stderr.trim() || printed.stdout })
    })
  })
}
