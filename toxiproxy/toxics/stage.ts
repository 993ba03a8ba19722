/** A toxic's settings as they are on the wire: integers. A type alias of this shape, never an interface. */
export type Attributes = Readonly<Record<string, number>>

/**
 * How a direction ends: `fin` is the sender's half-close, `close` ends the whole connection once what is in flight
 * was delivered, `reset` ends it with a RST.
 */
export type Ending = 'fin' | 'close' | 'reset'

/** Where bytes go next: the following toxic of the chain, or the receiving socket. */
export interface Flow {
  /** Asks for no more for now. Only a hint: what is pushed is never refused. */
  readonly full: boolean
  /** `at`: the monotonic millisecond at which the chunk got here, not counting timers that were late. */
  push(chunk: Buffer, at: number): void
  /** Comes in order, behind all that was pushed. A `reset` may follow a `fin`. */
  end(how: Ending): void
}

/** What a stage may ask of the link that it is in. */
export interface StageHost {
  /** Uniform in [0, 1), fixed by the seed, the proxy, the toxic and the connection. */
  readonly random: () => number
  /** Something left a stage outside of a push: those before it may have room again. */
  settle(): void
  /** A retired stage that holds nothing any more leaves the chain. */
  unlink(stage: Stage): void
}

/** One toxic at work on one link. This one lets everything through. */
export class Stage<A extends Attributes = Attributes> implements Flow {
  /** Kept up to date by the link. */
  next!: Flow
  protected attributes: A
  protected readonly host: StageHost

  constructor(attributes: A, host: StageHost) {
    this.attributes = attributes
    this.host = host
  }

  get full(): boolean {
    return this.next.full
  }

  push(chunk: Buffer, at: number): void {
    this.next.push(chunk, at)
  }

  end(how: Ending): void {
    this.next.end(how)
  }

  /** What comes next has room: release what is due. */
  pump(): void {}

  /** The toxic was patched. What is already held keeps the time it was given. */
  update(attributes: A): void {
    this.attributes = attributes
  }

  /** The toxic was removed, or no longer touches this connection. */
  retire(): void {
    this.host.unlink(this)
  }

  /** The connection is gone. */
  dispose(): void {}
}
