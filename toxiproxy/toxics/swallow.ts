import { type Attributes, type Ending, Stage, type StageHost } from './stage.ts'

/**
 * Reads and drops whatever comes, the sender's FIN or RST included, and may end the connection after a while. The
 * clock starts when the toxic takes effect on the connection, and again when the toxic is patched.
 */
export abstract class SwallowStage<A extends Attributes> extends Stage<A> {
  #lost = false
  #timer: NodeJS.Timeout | undefined

  /** How the connection ends. */
  protected abstract readonly ending: Ending

  constructor(attributes: A, host: StageHost) {
    super(attributes, host)
    this.#arm()
  }

  override get full(): boolean {
    return false
  }

  override push(): void {
    this.#lost = true
  }

  /** A `close` is the proxy's own decision, which no toxic stands in the way of. */
  override end(how: Ending): void {
    if (how === 'close') this.next.end(how)
    else this.#lost = true
  }

  override update(attributes: A): void {
    super.update(attributes)
    this.#arm()
  }

  /** What was dropped can't be brought back: a stream with a hole in it must not go on. */
  override retire(): void {
    this.dispose()
    if (this.#lost) this.next.end(this.ending)
    super.retire()
  }

  override dispose(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Milliseconds from now to the end, `undefined` for never. */
  protected abstract after(): number | undefined

  #arm(): void {
    this.dispose()
    const after = this.after()
    if (after !== undefined) this.#timer = setTimeout(() => this.next.end(this.ending), after)
  }
}
