import type { Socket } from 'node:net'
import { sinkBufferBytes } from './limits.ts'
import { type ConnectionKey, randomOf, type Toxic, touches } from './toxic.ts'
import type { Ending, Flow, Stage } from './toxics/index.ts'
import { onNextTurn, TurnShare } from './turn.ts'

/** One direction of one connection: a source socket, the toxics that touch it in order, and the socket it ends in. */
export class Link implements Flow {
  readonly source: Socket
  readonly sink: Socket
  readonly #key: ConnectionKey
  readonly #onEnd: (how: Ending) => void
  readonly #stages: { readonly toxic: Toxic; readonly stage: Stage; retired: boolean }[] = []
  #head: Flow = this
  readonly #share = new TurnShare()
  #paused = false
  /** Paused until the next turn of the event loop, whatever room there is. */
  #yielded = false
  #ended = false

  /** `onEnd` is called when the end has come through the whole chain, and must bring it to the sink. */
  constructor(source: Socket, sink: Socket, key: ConnectionKey, onEnd: (how: Ending) => void) {
    this.source = source
    this.sink = sink
    this.#key = key
    this.#onEnd = onEnd
  }

  /** Starts to relay. */
  open(): void {
    this.source.on('data', this.#relay)
    this.source.on('end', () => this.#sourceEnded('fin'))
    // Without an `end` before it, or with an error after it, the sender is gone and not just done sending.
    this.source.on('close', (hadError) => {
      if (hadError || !this.#ended) this.#sourceEnded('reset')
    })
    this.sink.on('drain', this.settle)
    this.sink.on('close', this.settle)
  }

  /** Ends the link in order, as if its source had. */
  close(): void {
    this.#sourceEnded('close')
  }

  /** Stops all timers; nothing is delivered any more. */
  dispose(): void {
    for (const { stage } of this.#stages) stage.dispose()
  }

  /** Brings the link in line with a toxic that is new or was patched. */
  apply(toxic: Toxic): void {
    const present = this.#stages.find((entry) => entry.toxic === toxic && !entry.retired)
    if (!touches(toxic, this.#key)) {
      if (present) this.remove(toxic)
    } else if (present) {
      present.stage.update(toxic.attributes)
      this.settle()
    } else {
      this.#insert(toxic)
    }
  }

  /** Takes a toxic off. A stage that still holds something stays until that has left in order. */
  remove(toxic: Toxic): void {
    const entry = this.#stages.find((candidate) => candidate.toxic === toxic && !candidate.retired)
    if (!entry) return
    entry.retired = true
    entry.stage.retire()
    this.settle()
  }

  /** The sink has no room. */
  get full(): boolean {
    return this.sink.writableLength >= sinkBufferBytes && this.sink.writable
  }

  /** The end of the chain: into the sink. */
  push(chunk: Buffer): void {
    if (this.sink.writable) this.sink.write(chunk)
  }

  end(how: Ending): void {
    this.#onEnd(how)
  }

  /** Room was made somewhere: release what is due, the last stage first, then read on. */
  readonly settle = (): void => {
    for (let index = this.#stages.length - 1; index >= 0; index--) this.#stages[index]?.stage.pump()
    if (this.#paused && !this.#yielded && !this.#head.full) {
      this.#paused = false
      this.source.resume()
    }
  }

  /** The hot path: without toxics, one write and nothing else. */
  readonly #relay = (chunk: Buffer): void => {
    if (this.#head === this) this.push(chunk)
    else this.#head.push(chunk, performance.now())
    const yields = this.#share.take(chunk.length)
    if (!yields && !this.#head.full) return
    this.#paused = true
    this.source.pause()
    if (!yields || this.#yielded) return
    this.#yielded = true
    onNextTurn(this.#resume)
  }

  readonly #resume = (): void => {
    this.#yielded = false
    this.settle()
  }

  #sourceEnded(how: Ending): void {
    this.#ended = true
    this.#head.end(how)
  }

  #insert(toxic: Toxic): void {
    const stage = toxic.kind.stage(toxic.attributes, {
      random: randomOf(toxic, this.#key),
      settle: this.settle,
      unlink: this.#unlink,
    })
    const after = this.#stages.findIndex((entry) => entry.toxic.order > toxic.order)
    this.#stages.splice(after < 0 ? this.#stages.length : after, 0, { toxic, stage, retired: false })
    this.#rewire()
  }

  readonly #unlink = (stage: Stage): void => {
    const index = this.#stages.findIndex((entry) => entry.stage === stage)
    if (index < 0) return
    stage.dispose()
    this.#stages.splice(index, 1)
    this.#rewire()
  }

  #rewire(): void {
    let next: Flow = this
    for (let index = this.#stages.length - 1; index >= 0; index--) {
      const entry = this.#stages[index]
      if (!entry) continue
      entry.stage.next = next
      next = entry.stage
    }
    this.#head = next
  }
}
