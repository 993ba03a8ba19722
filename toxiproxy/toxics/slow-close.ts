import { type Kind, maxMilliseconds } from './kind.ts'
import { type Ending, Stage } from './stage.ts'

/** Milliseconds. */
export type SlowCloseAttributes = { readonly delay: number }

/** Holds back only the end of the stream. Removing the toxic lets it go. */
class SlowCloseStage extends Stage<SlowCloseAttributes> {
  #ending: Ending | undefined
  #timer: NodeJS.Timeout | undefined

  override end(how: Ending): void {
    this.#ending = how
    this.#timer ??= setTimeout(() => this.#release(), this.attributes.delay)
  }

  override retire(): void {
    this.#release()
    super.retire()
  }

  override dispose(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #release(): void {
    this.dispose()
    const ending = this.#ending
    this.#ending = undefined
    if (ending) this.next.end(ending)
  }
}

export const slowClose: Kind<SlowCloseAttributes> = {
  goName: 'SlowCloseToxic',
  ranges: { delay: { min: 0, max: maxMilliseconds } },
  stage: (attributes, host) => new SlowCloseStage(attributes, host),
}
