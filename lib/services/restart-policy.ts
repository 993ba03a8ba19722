/** Pauses before it is started again after it ended by itself, doubled each time. */
const backoffMs = { least: 250, most: 5_000 }
export const longestPauseMs = backoffMs.most
/** Starts in a row that did not lead to a steady instance, after which it needs a person. */
const mostFailures = 5
/** One that was up for so long begins anew: what ends it then is another matter. */
const steadyMs = 10_000

/** What becomes of an instance that ended by itself: started again later each time, until nobody tries any more. */
export class RestartPolicy {
  readonly #restart: 'always' | 'never'
  #failures = 0

  constructor(restart: 'always' | 'never') {
    this.#restart = restart
  }

  /** Somebody starts it on purpose: what was before does not count. */
  reset(): void {
    this.#failures = 0
  }

  /** Milliseconds until it is started again; undefined when it is not. `upMs` is how long it was up. */
  ended(upMs: number): number | undefined {
    this.#failures = upMs >= steadyMs ? 1 : this.#failures + 1
    if (this.#restart === 'never' || this.#failures > mostFailures) return undefined
    return Math.min(backoffMs.most, backoffMs.least * 2 ** (this.#failures - 1))
  }
}
