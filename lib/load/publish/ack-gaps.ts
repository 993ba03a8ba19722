import { sample } from '../../measure/index.ts'
import type { AckTimes } from '../protocol.ts'
import type { Tagger } from '../tagger.ts'

/** Shorter ones are an everyday matter, and not recorded. */
const shortestMs = 50

/** Records `ack_gap`: for how long no ack came, which is what a fault looks like to who waits for one. Monotonic milliseconds. */
export class AckGaps {
  readonly #tagger: Tagger
  #ackedAt = Number.NaN
  #missed = { phase: 0, at: Number.NaN }
  #taken = noAcks()

  constructor(tagger: Tagger) {
    this.#tagger = tagger
  }

  /** An ack came, for a message of `phase`. On the hot path. */
  acked(phase: number, at: number): void {
    if (at - this.#ackedAt >= shortestMs) this.#record(phase, at)
    this.#ackedAt = at
    this.#taken.first ??= at
    this.#taken.last = at
  }

  /** A publish ended without one. */
  missed(phase: number, at: number): void {
    this.#missed = { phase, at }
    this.refused(at)
  }

  /** Something else that the load asked for failed or was not answered. */
  refused(at: number): void {
    this.#taken.missed ??= at
  }

  /** What there was since it was asked last. */
  take(): AckTimes {
    const taken = this.#taken
    this.#taken = noAcks()
    return taken
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
    const { gap } = this.#taken
    if (!gap || at - this.#ackedAt > gap.to - gap.from) this.#taken.gap = { from: this.#ackedAt, to: at }
  }
}

function noAcks(): { -readonly [K in keyof AckTimes]: AckTimes[K] } {
  return { first: undefined, last: undefined, gap: undefined, missed: undefined }
}
