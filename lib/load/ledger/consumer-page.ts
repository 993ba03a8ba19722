import type { ConsumerPlan, StreamPlan } from '../assets/assets.ts'
import { arrivals } from '../assets/hops.ts'
import { subjectMatches } from '../assets/subject.ts'
import { Bitmap, countBits, forEachBit } from './bitmap.ts'
import type { ConsumerLedger, LostExample, PathConsumer } from './result.ts'
import type { Sections } from './sections.ts'

type ReadingPlan = Extract<ConsumerPlan, { kind: 'pull' | 'subscription' }>

/** The outcomes that a consumer's losses depend on. */
export interface Outcomes {
  readonly acked: Bitmap
  readonly sent: Bitmap
  readonly indeterminate: Bitmap
  readonly sections: Sections
}

export type Delivery = 'first' | 'redelivered' | 'duplicate'

const examples = 10

type Words = Pick<Bitmap, 'word'>

/** What one consumer should have got and did get. */
export class ConsumerPage {
  readonly plan: ReadingPlan
  readonly #expected = new Bitmap()
  readonly #received = new Bitmap()
  /** By publisher. */
  readonly #highest: number[] = []
  #duplicates = 0
  #redelivered = 0
  #outOfOrder = 0

  constructor(plan: ReadingPlan) {
    this.plan = plan
  }

  get bytes(): number {
    return this.#expected.bytes + this.#received.bytes
  }

  /** Does it get what is published to `subject`? */
  reads(subject: string, streams: readonly StreamPlan[]): boolean {
    const { plan } = this
    if (plan.kind === 'subscription') return subjectMatches(plan.subject, subject)
    const { filter } = plan
    const stored = arrivals(subject, plan.stream, streams)
    return stored.some((as) => filter === undefined || subjectMatches(filter, as))
  }

  expect(sequence: number): void {
    this.#expected.add(sequence)
  }

  expectNoMore(sequence: number): void {
    this.#expected.delete(sequence)
  }

  /** Notes a delivery; says what kind it was. */
  deliver(publisher: number, sequence: number, redelivered: boolean): Delivery {
    const isNew = this.#received.add(sequence)
    if (redelivered) this.#redelivered += 1
    else if (!isNew) this.#duplicates += 1
    if (isNew) {
      const highest = this.#highest[publisher] ?? -1
      if (sequence < highest && !redelivered) this.#outOfOrder += 1
      this.#highest[publisher] = Math.max(highest, sequence)
    }
    if (redelivered) return 'redelivered'
    return isNew ? 'first' : 'duplicate'
  }

  /** Calls `each` for every message that should have arrived and did not. */
  lost(outcomes: Outcomes, each: (sequence: number) => void): void {
    const mustReach = this.#mustReach(outcomes)
    forEachBit(this.#expected.words, (word) => mustReach(word) & ~this.#received.word(word), each)
  }

  /** `named` tells of a message what is to be told of a lost one; `stored` is what was found in its stream, if that was read. */
  result(
    outcomes: Outcomes,
    named: (sequence: number) => LostExample,
    pending: number,
    stored: Words | undefined,
  ): ConsumerLedger {
    const { plan } = this
    const { words } = this.#expected
    const lostExamples: LostExample[] = []
    let lost = 0
    this.lost(outcomes, (sequence) => {
      lost += 1
      if (lostExamples.length < examples) lostExamples.push(named(sequence))
    })
    return {
      consumer: plan.name,
      kind: plan.kind,
      expected: countBits(words, this.#mustReach(outcomes)),
      received: this.#received.size,
      lost,
      recovered: countBits(words, (word) => this.#received.word(word) & outcomes.indeterminate.word(word)),
      duplicates: this.#duplicates,
      redelivered: this.#redelivered,
      // Members of a group race each other by design: their common order means nothing.
      outOfOrder: plan.members === 1 ? this.#outOfOrder : 0,
      pending,
      neverConsumed: stored
        ? countBits(words, (word) => stored.word(word) & this.#expected.word(word) & ~this.#received.word(word))
        : 0,
      lostExamples,
    }
  }

  /** What it got of the messages of a path: those that were `acked` where the path begins. `copied` is what its stream holds. */
  onPath(acked: (word: number) => number, copied: Words): PathConsumer {
    const { words } = this.#expected
    const expected = (word: number) => this.#expected.word(word) & acked(word)
    return {
      consumer: this.plan.name,
      expected: countBits(words, expected),
      received: countBits(words, (word) => expected(word) & this.#received.word(word)),
      neverConsumed: countBits(words, (word) => expected(word) & copied.word(word) & ~this.#received.word(word)),
    }
  }

  /** JetStream must deliver what it acknowledged; a core subscription is judged by all that was really sent. */
  #mustReach({ acked, sent }: Outcomes): (word: number) => number {
    return this.plan.kind === 'pull'
      ? (word) => this.#expected.word(word) & acked.word(word)
      : (word) => this.#expected.word(word) & (acked.word(word) | sent.word(word))
  }
}
