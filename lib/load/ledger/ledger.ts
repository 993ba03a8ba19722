import type { Tags } from '../../measure/index.ts'
import type { ConsumerPlan, StreamPlan } from '../assets/assets.ts'
import { rememberBySubject } from '../assets/subject.ts'
import { Bitmap } from './bitmap.ts'
import { ConsumerPage, type Delivery } from './consumer-page.ts'
import { LowBits } from './low-bits.ts'
import { PublisherSubjects } from './publisher-subjects.ts'
import { Reasons } from './reasons.ts'
import { Sections } from './sections.ts'
import { type StoredAs, StreamAcks } from './stream-acks.ts'

export type Outcome = 'acked' | 'sent' | 'failed' | 'indeterminate'

/**
 * What became of each message of a generator: its outcome, the stream sequence that its ack named and, per consumer,
 * whether it was expected and received. 19 bits a message and 2 for each consumer, and 1 more for its audit; with all
 * that goes wrong now and then, 3.3 bytes with two consumers (bench/ledger.ts).
 */
export class Ledger {
  /** How many publishers share its sequence numbers: 0 and on, one a region. Order is judged for each by itself. */
  readonly publishers: number
  /** Acked by whatever stream, and stored as themselves. */
  readonly acked = new Bitmap()
  readonly sent = new Bitmap()
  readonly failed = new Bitmap()
  readonly indeterminate = new Bitmap()
  readonly sections = new Sections()
  readonly reasons = new Reasons()
  /** Those that are published to, by name. */
  readonly streams: ReadonlyMap<string, { readonly plan: StreamPlan; readonly acks: StreamAcks }>
  /** Of each consumer that is to get messages. */
  readonly pages: readonly ConsumerPage[]
  readonly #readers: (subject: string) => readonly ConsumerPage[]
  readonly #low = new LowBits()
  /** The messages of each publisher but the first. */
  readonly #others: readonly Bitmap[]
  readonly #subjects: PublisherSubjects
  #deduplicated = 0
  #next = 0

  constructor(consumers: readonly ConsumerPlan[], streams: readonly StreamPlan[], publishers = 1) {
    this.publishers = publishers
    this.#others = Array.from({ length: publishers - 1 }, () => new Bitmap())
    this.#subjects = new PublisherSubjects(publishers)
    const published = streams.filter(({ copies }) => !copies)
    this.streams = new Map(published.map((plan) => [plan.name, { plan, acks: new StreamAcks(this.#low) }]))
    this.pages = consumers.flatMap((plan) => (plan.kind === 'responder' ? [] : [new ConsumerPage(plan)]))
    this.#readers = rememberBySubject((subject) => this.pages.filter((page) => page.reads(subject, streams)))
  }

  /** Messages so far: their sequences are 0 to one less. */
  get attempts(): number {
    return this.#next
  }

  /** Messages that a stream acked: as themselves, or as one that it had already. */
  get ackedCount(): number {
    return this.acked.size + this.#deduplicated
  }

  /** Memory held, bytes. */
  get bytes(): number {
    const acks = [...this.streams.values()].map((stream) => stream.acks)
    const outcomes = [this.acked, this.sent, this.failed, this.indeterminate]
    const books = [...outcomes, this.#low, ...acks, ...this.pages, ...this.#others]
    return books.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Takes the next sequence number for a message of `publisher` that will have `subject` once a server has it. */
  attempt(subject: string, publisher = 0): number {
    const sequence = this.#next
    this.#next += 1
    if (publisher > 0) this.#others[publisher - 1]!.add(sequence)
    this.#subjects.note(publisher, subject)
    for (const page of this.#readers(subject)) page.expect(sequence)
    return sequence
  }

  /** A further try of a message has another subject than the one before: those who read that are to get it. */
  redirect(sequence: number, { from, to }: { readonly from: string; readonly to: string }, publisher = 0): void {
    this.#subjects.note(publisher, to)
    for (const page of this.#readers(from)) page.expectNoMore(sequence)
    for (const page of this.#readers(to)) page.expect(sequence)
  }

  /** May a message of `publisher` be stored under `subject`? */
  mayHave(publisher: number, subject: string): boolean {
    return this.#subjects.has(publisher, subject)
  }

  /** Is it the stamp of a message of its own? */
  has({ publisher, sequence }: { readonly publisher: number; readonly sequence: number }): boolean {
    return publisher < this.publishers && sequence < this.#next
  }

  /** Did one of these streams ack the message, as itself? */
  isAckedBy(streams: readonly string[], sequence: number): boolean {
    return streams.some((stream) => this.streams.get(stream)?.acks.acked.has(sequence))
  }

  /** Whose message it is. */
  publisherOf(sequence: number): number {
    return this.#others.findIndex((messages) => messages.has(sequence)) + 1
  }

  /** How an example names a message: whose, which, and when and in what it was sent. `at` counts from `origin`, monotonic ms. */
  exampleOf(sequence: number, origin: number) {
    const section = this.sections.of(sequence)
    return {
      publisher: this.publisherOf(sequence),
      sequence,
      ...(section && { at: section.at - origin, tags: section.tags }),
    }
  }

  /** The one and final outcome of a message; of an acked one, with what its ack said. */
  settle(sequence: number, outcome: Outcome, ack?: StoredAs): void {
    if (ack) this.streams.get(ack.stream)?.acks.add(sequence, ack)
    if (ack?.duplicate) this.#deduplicated += 1
    else this[outcome].add(sequence)
  }

  /** An ack came after the message was settled. An indeterminate one stays that, but must be stored. */
  ackLate(sequence: number, ack: StoredAs): void {
    const acks = this.streams.get(ack.stream)?.acks
    if (!acks) return
    if (this.indeterminate.has(sequence) && !acks.knows(sequence)) acks.late += 1
    acks.add(sequence, ack)
  }

  /** Messages from here on count under `tags`, until the next call. `at` is monotonic milliseconds. */
  mark(at: number, tags: Tags): void {
    this.sections.begin({ first: this.#next, at, tags })
  }

  /** Notes a delivery; says what kind it was. */
  deliver(consumerIndex: number, sequence: number, redelivered: boolean, publisher = 0): Delivery {
    const page = this.pages.find(({ plan }) => plan.index === consumerIndex)
    return page?.deliver(publisher, sequence, redelivered) ?? 'first'
  }

  /** Calls `each` for every message that should have arrived and did not. */
  lost(each: (kind: 'pull' | 'subscription', tags: Tags) => void): void {
    for (const page of this.pages) {
      page.lost(this, (sequence) => {
        const section = this.sections.of(sequence)
        if (section) each(page.plan.kind, section.tags)
      })
    }
  }

  /** What the acks of a declared stream said. */
  acksOf(stream: string): StreamAcks {
    return this.streams.get(stream)!.acks
  }
}
