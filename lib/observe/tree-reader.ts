import type { TreeRoot } from './process-finder.ts'
import { type TreeUse, TreeWatch } from './tree-watch.ts'

/** Follows trees of processes beside whoever asks: on a busy machine a look at them takes seconds. */
export class TreeReader {
  readonly #watch: Pick<TreeWatch, 'look'>
  #reading: Promise<void> | undefined
  #read: ReadonlyMap<string, TreeUse> | undefined

  constructor(watch: Pick<TreeWatch, 'look'> = new TreeWatch()) {
    this.#watch = watch
  }

  /** Begins a look, unless one is under way. */
  begin(roots: readonly TreeRoot[]): void {
    this.#reading ??= this.#watch.look(roots).then((uses) => {
      this.#read = uses
      this.#reading = undefined
    })
  }

  /** By name, what a look has found that has ended since it was asked last. */
  take(): ReadonlyMap<string, TreeUse> | undefined {
    const read = this.#read
    this.#read = undefined
    return read
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.#reading
  }
}
