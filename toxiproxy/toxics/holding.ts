import { Fifo } from '../fifo.ts'
import { chunkOverheadBytes } from '../limits.ts'
import { maxMilliseconds } from './kind.ts'
import { type Attributes, type Ending, Stage } from './stage.ts'

/** A chunk that waits. `time` is what {@link HoldingStage.stamp} made of its arrival. */
export interface Held {
  chunk: Buffer
  readonly time: number
}

/**
 * Milliseconds that a pace may catch up after a late timer. A receiver that had no room for longer does not get the
 * whole of what it missed in one burst.
 */
const credit = 100

/** A stage that keeps chunks for a while: first in, first out, never early, one timer for the head of the queue. */
export abstract class HoldingStage<A extends Attributes> extends Stage<A> {
  protected abstract readonly capacity: number
  protected retired = false
  readonly #queue = new Fifo<Held>()
  #bytes = 0
  #ending: Ending | undefined
  #timer: NodeJS.Timeout | undefined
  #timerDue = 0

  override get full(): boolean {
    return this.#bytes >= this.capacity
  }

  override push(chunk: Buffer, at: number): void {
    this.#queue.push({ chunk, time: this.stamp(at) })
    this.#bytes += chunk.length + chunkOverheadBytes
    if (this.#queue.size === 1) this.pump()
  }

  override end(how: Ending): void {
    this.#ending = how
    if (this.#queue.size === 0) this.#finish()
  }

  override update(attributes: A): void {
    super.update(attributes)
    this.pump()
  }

  override retire(): void {
    this.retired = true
    if (this.#queue.size === 0) this.#finish()
    else this.pump()
  }

  override dispose(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  override pump(): void {
    const now = performance.now()
    for (let head = this.#queue.peek(); head; head = this.#queue.peek()) {
      if (this.next.full) return
      const due = Math.max(this.due(head), now - credit)
      if (due > now) {
        this.#arm(due, now)
        return
      }
      const before = head.chunk.length
      this.next.push(this.take(head, due), due)
      this.#bytes -= before - head.chunk.length
      if (head.chunk.length > 0) continue
      this.#queue.shift()
      this.#bytes -= chunkOverheadBytes
      if (this.#queue.size === 0) this.#finish()
    }
  }

  /** The time that a chunk is given on arrival, and keeps. */
  protected stamp(at: number): number {
    return at
  }

  /** When the next piece of the head may leave; `Infinity`: not until something changes. */
  protected abstract due(head: Held): number

  /** Cuts that piece off `head.chunk`, which is left with the rest. */
  protected abstract take(head: Held, due: number): Buffer

  #finish(): void {
    const ending = this.#ending
    this.#ending = undefined
    if (ending) this.next.end(ending)
    if (this.retired) this.host.unlink(this)
  }

  #arm(due: number, now: number): void {
    if (this.#timer && this.#timerDue === due) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (due === Number.POSITIVE_INFINITY) return
    this.#timerDue = due
    this.#timer = setTimeout(this.#fire, Math.min(Math.ceil(due - now), maxMilliseconds))
  }

  readonly #fire = (): void => {
    this.#timer = undefined
    this.pump()
    this.host.settle()
  }
}

const nothing = Buffer.alloc(0)

/** Takes all that the head holds. */
export function takeAll(head: Held): Buffer {
  const piece = head.chunk
  head.chunk = nothing
  return piece
}

/** Takes at most `bytes` off the front of the head. */
export function takeFront(head: Held, bytes: number): Buffer {
  const piece = head.chunk.subarray(0, bytes)
  head.chunk = head.chunk.subarray(bytes)
  return piece
}
