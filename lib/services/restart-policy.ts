import type { ProcessExit } from '../topology/index.ts'

/** Pauses before it is started again after it ended by itself, doubled each time. */
const backoffMs = { least: 250, most: 5_000 }
export const longestPauseMs = backoffMs.most
/** Starts in a row that did not lead to a steady instance, after which it needs a person. */
const mostFailures = 5
/** One that was up for so long begins anew: what ends it then is another matter. */
const steadyMs = 10_000
const keptExits = 10

/** What becomes of an instance that ended by itself: started again later each time, until nobody tries any more. */
export class RestartPolicy {
  readonly #restart: 'always' | 'never'
  readonly #exits: ProcessExit[] = []
  #failures = 0
  /** Times that it ended by itself. */
  crashes = 0
  /** It was started again and again and never got well: nobody tries any more. */
  gaveUp = false

  constructor(restart: 'always' | 'never') {
    this.#restart = restart
  }

  /** How its last lives ended, the newest last. */
  get exits(): readonly ProcessExit[] {
    return this.#exits
  }

  /** Somebody starts it on purpose: what was before does not count. */
  reset(): void {
    this.#failures = 0
    this.gaveUp = false
  }

  /** Milliseconds until it is started again; undefined when it is not. `upMs` is how long it was up. */
  ended(exit: ProcessExit, upMs: number): number | undefined {
    this.crashes += 1
    this.#exits.push(exit)
    if (this.#exits.length > keptExits) this.#exits.shift()
    this.#failures = upMs >= steadyMs ? 1 : this.#failures + 1
    this.gaveUp = this.#restart === 'never' || this.#failures > mostFailures
    return this.gaveUp ? undefined : Math.min(backoffMs.most, backoffMs.least * 2 ** (this.#failures - 1))
  }
}
