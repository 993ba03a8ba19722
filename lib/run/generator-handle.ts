import { Worker } from 'node:worker_threads'
import type { ErrorRecord, FromGenerator, GeneratorConfig, ToGenerator } from '../load/index.ts'
import { generatorThread } from '../load/index.ts'
import { messageAndPlace } from '../script-frame.ts'

type Reply<T extends FromGenerator['type']> = Extract<FromGenerator, { type: T }>

/** A step that the generator was asked for and could not do. */
export class GeneratorFailure extends Error {
  override readonly name = 'GeneratorFailure'
  readonly step: string
  readonly record: ErrorRecord

  constructor(step: string, record: ErrorRecord) {
    super(record.message)
    this.step = step
    this.record = record
  }
}

/** The conductor's end of a generator: sends, waits for answers, and notices when there are none. */
export class GeneratorHandle {
  readonly #worker: Worker
  readonly #waiting = new Map<string, { resolve: (reply: FromGenerator) => void; reject: (error: Error) => void }>()
  /** Resolves with the reason when the thread has ended without being told to. */
  readonly died: Promise<string>
  #closed = false

  constructor(config: GeneratorConfig, listen: (message: FromGenerator) => void) {
    this.#worker = new Worker(new URL(generatorThread), { workerData: config, name: 'generator' })
    this.#worker.on('message', (message: FromGenerator) => {
      listen(message)
      this.#answer(message)
    })
    this.died = new Promise((resolve) => {
      const end = (reason: string) => {
        for (const { reject } of this.#waiting.values()) reject(new Error(reason))
        this.#waiting.clear()
        if (!this.#closed) resolve(reason)
      }
      this.#worker.on('error', (error) => end(`the generator crashed: ${messageAndPlace(error)}`))
      this.#worker.on('exit', (code) =>
        end(`the generator ended by itself (exit code ${code}): did the script call process.exit?`),
      )
    })
  }

  send(message: ToGenerator): void {
    this.#worker.postMessage(message)
  }

  /** Sends a request and waits for its answer; rejects with {@link GeneratorFailure}, at the deadline, or when it dies. */
  async ask<T extends FromGenerator['type']>(message: ToGenerator, answer: T, timeoutMs: number): Promise<Reply<T>> {
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<Reply<T>>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(lateAnswer(message.type, timeoutMs))), timeoutMs)
        this.#waiting.set(answer, { resolve: (reply) => resolve(reply as Reply<T>), reject })
        this.send(message)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(answer)
    }
  }

  /** Lets it close its connections, at most for `timeoutMs`, then ends the thread whatever it is doing. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    this.send({ type: 'close' })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([ended, late])
    clearTimeout(timer)
    await this.#worker.terminate()
  }

  #answer(message: FromGenerator): void {
    if (message.type !== 'failed') {
      this.#waiting.get(message.type)?.resolve(message)
      return
    }
    const answers = { prepare: 'prepared', setup: 'setupDone', teardown: 'teardownDone' } as const
    this.#waiting.get(answers[message.step])?.reject(new GeneratorFailure(message.step, message.error))
  }
}

function lateAnswer(type: ToGenerator['type'], timeoutMs: number): string {
  const seconds = `${Math.round(timeoutMs / 1_000)} s`
  if (type === 'finish' || type === 'drain')
    return `the generator did not answer for ${seconds} after the load: does load() or a handler loop for ever, or block its event loop?`
  return `${type} did not finish within ${seconds}`
}
