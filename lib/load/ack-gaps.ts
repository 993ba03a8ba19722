import { sample } from '../measure/index.ts'
import type { Tagger } from './tagger.ts'

/** Shorter ones are an everyday matter, and not recorded. */
const shortestMs = 50

/** Records `ack_gap`: for how long no ack came, which is what a fault looks like to who waits for one. Monotonic milliseconds. */
export class AckGaps {
  readonly #tagger: Tagger
  #ackedAt = Number.NaN
  #missed = { phase: 0, at: Number.NaN }

  constructor(tagger: Tagger) {
    this.#tagger = tagger
  }

  /** An ack came, for a message of `phase`. On the hot path. */
  acked(phase: number, at: number): void {
    if (at - this.#ackedAt >= shortestMs) this.#record(phase, at)
    this.#ackedAt = at
  }

  /** A publish ended without one. */
  missed(phase: number, at: number): void {
    this.#missed = { phase, at }
  }

  /** Nothing more will come: a gap that no ack ended reaches to the last publish that waited for one in vain. */
  end(): void {
    const { phase, at } = this.#missed
    if (at - this.#ackedAt >= shortestMs) this.#record(phase, at)
    this.#ackedAt = Number.NaN
  }

  /** Under the phase of the message that ended it, and the most severe window that it reached into. */
  #record(phase: number, at: number): void {
    const { set } = this.#tagger.samples(phase, this.#ackedAt)
    sample(set.trend('ack_gap'), at - this.#ackedAt)
  }
}
