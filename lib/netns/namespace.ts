import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { runTool } from './tool.ts'

export interface NamespaceTools {
  readonly ip: string
  readonly unshare: string
  readonly nsenter: string
}

/**
 * A network namespace without a name. The kernel keeps it for as long as this process holds it open or a process is in it,
 * and then takes it away with all that is in it, interfaces and rules: there is nothing to be forgotten, whoever is killed.
 */
export class Namespace {
  readonly #nsenter: string
  readonly #file: number
  #isOpen = true

  private constructor(nsenter: string, file: number) {
    this.#nsenter = nsenter
    this.#file = file
  }

  /** Rejects where none can be made. */
  static async create({ unshare, nsenter }: NamespaceTools): Promise<Namespace> {
    // It is there as soon as the program says something, which ends with its input, and so with this process.
    const holder = spawn(unshare, ['--net', 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] })
    const ended = new Promise<never>((_, reject) => {
      let complaint = ''
      holder.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint += text
      })
      holder.once('error', reject)
      holder.once('close', () => reject(new Error(`no network namespace could be made: ${complaint.trim()}`)))
    })
    ended.catch(() => {})
    holder.stdin.on('error', () => {})
    try {
      holder.stdin.write('here\n')
      await Promise.race([once(holder.stdout, 'data'), ended])
      return new Namespace(nsenter, openSync(`/proc/${holder.pid}/ns/net`, 'r'))
    } finally {
      holder.stdin.end()
      holder.stdout.resume()
    }
  }

  /** Goes before a command, which is then run in it. */
  get command(): readonly string[] {
    return [this.#nsenter, `--net=/proc/${process.pid}/fd/${this.#file}`, '--']
  }

  run(command: readonly string[], input?: string): Promise<string> {
    return runTool([...this.command, ...command], input)
  }

  /** Lets go of it. Safe to call twice. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#file)
  }
}
