import type { ConsumerPlan, StreamPlan } from './assets.ts'
import { Bitmap } from './bitmap.ts'
import type { ConsumerLedger, LedgerResult } from './protocol.ts'
import { rememberBySubject, subjectMatches } from './subject.ts'

export type Outcome = 'acked' | 'sent' | 'failed' | 'indeterminate'

type ReadingPlan = Extract<ConsumerPlan, { kind: 'pull' | 'subscription' }>

/** What one consumer should have got and did get. */
interface Page {
  readonly plan: ReadingPlan
  readonly expected: Bitmap
  readonly received: Bitmap
  highest: number
  duplicates: number
  redelivered: number
  outOfOrder: number
}

/** The messages sent from `first` on, until the next one's: all under the same tags. */
interface Section<T> {
  readonly first: number
  readonly at: number
  readonly label: T
}

const examples = 10

/**
 * What became of each message of one publisher: an outcome and, per consumer, expected and received. Three bits a
 * message and two more for each consumer; where the load ran for an hour at 2 000/s with two consumers, 6.3 MB.
 */
export class Ledger<Label> {
  readonly #pages: Page[]
  readonly #acked = new Bitmap()
  readonly #sent = new Bitmap()
  readonly #indeterminate = new Bitmap()
  readonly #readers: (subject: string) => Page[]
  readonly #sections: Section<Label>[] = []
  readonly #counts: Record<Outcome, number> = { acked: 0, sent: 0, failed: 0, indeterminate: 0 }
  #next = 0

  constructor(consumers: readonly ConsumerPlan[], streams: readonly StreamPlan[]) {
    this.#pages = consumers.flatMap((plan) => (plan.kind === 'responder' ? [] : [newPage(plan)]))
    this.#readers = rememberBySubject((subject) => this.#pages.filter(({ plan }) => reads(plan, streams, subject)))
  }

  /** Takes the next sequence number for a message to `subject`. */
  attempt(subject: string): number {
    const sequence = this.#next
    this.#next += 1
    for (const page of this.#readers(subject)) page.expected.add(sequence)
    return sequence
  }

  settle(sequence: number, outcome: Outcome): void {
    this.#counts[outcome] += 1
    if (outcome === 'acked') this.#acked.add(sequence)
    else if (outcome === 'sent') this.#sent.add(sequence)
    else if (outcome === 'indeterminate') this.#indeterminate.add(sequence)
  }

  /** Messages from here on count under `label`, until the next call. `at` is monotonic milliseconds. */
  mark(at: number, label: Label): void {
    this.#sections.push({ first: this.#next, at, label })
  }

  /** Notes a delivery; says what kind it was. */
  deliver(consumerIndex: number, sequence: number, redelivered: boolean): 'first' | 'redelivered' | 'duplicate' {
    const page = this.#pages.find(({ plan }) => plan.index === consumerIndex)
    if (!page) return 'first'
    const isNew = page.received.add(sequence)
    if (redelivered) page.redelivered += 1
    else if (!isNew) page.duplicates += 1
    if (isNew) {
      if (sequence < page.highest && !redelivered) page.outOfOrder += 1
      page.highest = Math.max(page.highest, sequence)
    }
    if (redelivered) return 'redelivered'
    return isNew ? 'first' : 'duplicate'
  }

  /** Calls `each` for every message that should have arrived and did not. */
  lost(each: (kind: 'pull' | 'subscription', label: Label) => void): void {
    for (const page of this.#pages) {
      this.#eachLost(page, (sequence) => {
        const section = this.#sectionOf(sequence)
        if (section) each(page.plan.kind, section.label)
      })
    }
  }

  /** `origin` is the start of the load; `pending` what JetStream still holds for each pull consumer. */
  result(origin: number, pending: ReadonlyMap<string, number>, drained: boolean): LedgerResult {
    const bitmaps = [this.#acked, this.#sent, this.#indeterminate]
    const pages = this.#pages.flatMap(({ expected, received }) => [expected, received])
    return {
      attempts: this.#next,
      ...this.#counts,
      drained,
      consumers: this.#pages.map((page) => this.#consumerResult(page, origin, pending.get(page.plan.name) ?? 0)),
      bytes: [...bitmaps, ...pages].reduce((sum, bitmap) => sum + bitmap.bytes, 0),
    }
  }

  #consumerResult(page: Page, origin: number, pending: number): ConsumerLedger {
    const { plan, duplicates, redelivered, outOfOrder } = page
    const lostExamples: { sequence: number; at: number }[] = []
    let lost = 0
    this.#eachLost(page, (sequence) => {
      lost += 1
      if (lostExamples.length < examples)
        lostExamples.push({ sequence, at: (this.#sectionOf(sequence)?.at ?? origin) - origin })
    })
    let expected = 0
    let received = 0
    let recovered = 0
    for (let sequence = 0; sequence < this.#next; sequence += 1) {
      if (this.#mustReach(page, sequence)) expected += 1
      if (!page.received.has(sequence)) continue
      received += 1
      if (this.#indeterminate.has(sequence)) recovered += 1
    }
    return {
      consumer: plan.name,
      kind: plan.kind,
      expected,
      received,
      lost,
      recovered,
      duplicates,
      redelivered,
      // Members of a group race each other by design: their common order means nothing.
      outOfOrder: plan.members === 1 ? outOfOrder : 0,
      pending,
      lostExamples,
    }
  }

  #eachLost(page: Page, each: (sequence: number) => void): void {
    for (let sequence = 0; sequence < this.#next; sequence += 1) {
      if (this.#mustReach(page, sequence) && !page.received.has(sequence)) each(sequence)
    }
  }

  /** JetStream must deliver what it acknowledged; a core subscription is judged by all that was really sent. */
  #mustReach({ plan, expected }: Page, sequence: number): boolean {
    if (!expected.has(sequence)) return false
    return this.#acked.has(sequence) || (plan.kind === 'subscription' && this.#sent.has(sequence))
  }

  #sectionOf(sequence: number): Section<Label> | undefined {
    return this.#sections.findLast(({ first }) => first <= sequence)
  }
}

function newPage(plan: ReadingPlan): Page {
  return {
    plan,
    expected: new Bitmap(),
    received: new Bitmap(),
    highest: -1,
    duplicates: 0,
    redelivered: 0,
    outOfOrder: 0,
  }
}

function reads(plan: ReadingPlan, streams: readonly StreamPlan[], subject: string): boolean {
  if (plan.kind === 'subscription') return subjectMatches(plan.subject, subject)
  const stream = streams.find(({ name }) => name === plan.stream)
  if (!stream?.subjects.some((pattern) => subjectMatches(pattern, subject))) return false
  return plan.filter === undefined || subjectMatches(plan.filter, subject)
}
