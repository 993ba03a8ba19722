import type { Halt } from './verdict.ts'

/**
 * Why a run ends before its time. A halt ends the load: what it would still have done is left out, and what cleans up after
 * it is not. After a loss, which is a halt too, nothing waits for the generator any more.
 */
export class Halts {
  readonly #list: Halt[] = []
  readonly #halted = new AbortController()
  readonly #lost = new AbortController()
  readonly #tell: (reason: string) => void

  constructor(tell: (reason: string) => void) {
    this.#tell = tell
  }

  get list(): readonly Halt[] {
    return this.#list
  }

  get halted(): boolean {
    return this.#halted.signal.aborted
  }

  get lost(): boolean {
    return this.#lost.signal.aborted
  }

  /** Aborted by the first halt. */
  get signal(): AbortSignal {
    return this.#halted.signal
  }

  get lossSignal(): AbortSignal {
    return this.#lost.signal
  }

  halt(halt: Halt): void {
    if (this.#list.some(({ reason }) => reason === halt.reason)) return
    this.#list.push(halt)
    this.#tell(halt.reason)
    this.#halted.abort()
  }

  /** A part that the run can't do without is gone. The first such reason is the one that matters. */
  lose(reason: string): void {
    if (this.lost) return
    this.#lost.abort()
    this.halt({ kind: 'invalid', reason })
  }

  /** Waits for the promise, but no longer than until a halt. */
  orHalted(promise: Promise<unknown>): Promise<void> {
    return orAborted(promise, this.#halted.signal)
  }

  /** Waits for the promise, but no longer than until a loss. */
  orLost(promise: Promise<unknown>): Promise<void> {
    return orAborted(promise, this.#lost.signal)
  }
}

/** A rejection that comes after the signal is nobody's. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  promise.catch(() => {})
  let stop = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    if (signal.aborted) resolve()
    signal.addEventListener('abort', stop)
  })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
