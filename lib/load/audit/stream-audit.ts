import type { StreamPlan } from '../assets/assets.ts'
import { Bitmap, forEachBit } from '../ledger/bitmap.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { StreamExample, StreamFinding, StreamLedger } from '../ledger/result.ts'
import type { StreamAcks } from '../ledger/stream-acks.ts'
import { findLosses } from './losses.ts'
import { MessageIds } from './message-ids.ts'
import type { Reading, StoredMessage } from './stored-message.ts'
import { verdictOn } from './verdict.ts'

const mostExamples = 10
/** JetStream's own, for a stream that does not say. */
const defaultDuplicateWindowMs = 120_000

/**
 * Compares a stream's content, read from first to last sequence, with what the ledger says was published to it. Costs
 * one bit a message; sets that are empty when all is well cost nothing.
 */
export class StreamAudit {
  /** Messages of this run that the stream holds. */
  readonly read = new Bitmap()
  readonly #plan: StreamPlan
  readonly #ledger: Ledger
  readonly #acks: StreamAcks
  readonly #after: number
  readonly #origin: number
  readonly #ids: MessageIds
  /** Found, but not yet where their acks said. */
  readonly #misplaced = new Bitmap()
  readonly #standIns = new Bitmap()
  readonly #counts: Record<StreamFinding, number> = {
    lost: 0,
    unexpected: 0,
    failedButPresent: 0,
    ackConflict: 0,
    duplicateWithId: 0,
    duplicate: 0,
    recovered: 0,
    outOfOrder: 0,
  }
  readonly #examples: Partial<Record<StreamFinding, StreamExample[]>> = {}
  #earlier = 0
  #first = Number.POSITIVE_INFINITY
  #last = -1
  /** By publisher. */
  readonly #highestAcked: number[] = []
  #reading: Reading = { outcome: 'unfinished', reached: 0, state: undefined, at: 0 }

  /**
   * `after` is the stream's last sequence before the load: what stands up to it is not the run's. `origin` is the start
   * of the load, monotonic ms, to which examples refer.
   */
  constructor(plan: StreamPlan, ledger: Ledger, { after, origin }: { after: number; origin: number }) {
    this.#plan = plan
    this.#ledger = ledger
    this.#acks = ledger.acksOf(plan.name)
    this.#after = after
    this.#origin = origin
    this.#ids = new MessageIds(plan.duplicateWindowMs ?? defaultDuplicateWindowMs)
  }

  get bytes(): number {
    return this.read.bytes + this.#misplaced.bytes + this.#standIns.bytes
  }

  /** Takes note of the next message, in the order of the stream. */
  observe(message: StoredMessage): void {
    const { stamp, streamSequence, messageId, subject } = message
    if (this.#acks.standIns.has(streamSequence)) this.#standIns.add(streamSequence)
    const isRepeated = messageId !== undefined && this.#ids.isRepeated(messageId, message.storedAt)
    if (!stamp) {
      if (streamSequence <= this.#after) this.#earlier += 1
      else this.#find('unexpected', { streamSequence })
      return
    }
    const { publisher, sequence } = stamp
    if (!this.#ledger.has(stamp)) {
      this.#find('unexpected', { publisher, sequence, streamSequence })
      return
    }
    if (subject !== undefined && !this.#ledger.mayHave(publisher, subject)) {
      this.#find('unexpected', { ...this.#named(sequence, streamSequence), subject })
      return
    }
    const isNew = this.read.add(sequence)
    if (isRepeated) this.#find('duplicateWithId', this.#named(sequence, streamSequence))
    else if (!isNew) this.#find('duplicate', this.#named(sequence, streamSequence))
    if (isNew) this.#observeFirst(publisher, sequence, streamSequence)
    else if (this.#misplaced.has(sequence) && this.#acks.sequences.get(sequence) === streamSequence)
      this.#misplaced.delete(sequence)
  }

  /** Tells how the reading ended. */
  close(reading: Reading): void {
    this.#reading = reading
  }

  /** Of a closed audit, once. */
  result(): StreamLedger {
    const { acked, late, deduplicated } = this.#acks
    const { state, outcome } = this.#reading
    const found = { read: this.read, standIns: this.#standIns, first: this.#first, last: this.#last }
    const { limits, ...losses } = findLosses(
      this.#plan,
      this.#ledger,
      found,
      this.#reading,
      (sequence, streamSequence) => this.#find('lost', this.#named(sequence, streamSequence)),
    )
    this.#findConflicts()
    return {
      stream: this.#plan.name,
      ...verdictOn(this.#counts, { count: losses.evicted, limits }, this.#reading),
      judgedBy: 'content',
      readToEnd: outcome !== 'unfinished',
      acked: acked.size,
      lateAcked: late,
      deduplicated: deduplicated.size,
      read: this.read.size,
      earlier: this.#earlier,
      ...this.#counts,
      ...losses,
      state: state && {
        firstSequence: state.firstSequence,
        lastSequence: state.lastSequence,
        messages: state.messages,
        deleted: state.deleted,
      },
      examples: this.#examples,
    }
  }

  #observeFirst(publisher: number, sequence: number, streamSequence: number): void {
    const ledger = this.#ledger
    const { acked, sequences } = this.#acks
    // Another stream's ack named it: what is it doing here?
    if (!acked.has(sequence) && ledger.acked.has(sequence))
      this.#find('unexpected', this.#named(sequence, streamSequence))
    if (sequence < this.#first) this.#first = sequence
    if (sequence > this.#last) this.#last = sequence
    if (ledger.failed.has(sequence)) this.#find('failedButPresent', this.#named(sequence, streamSequence))
    if (ledger.indeterminate.has(sequence)) this.#find('recovered', this.#named(sequence, streamSequence))
    if (!acked.has(sequence)) return
    if (sequence < (this.#highestAcked[publisher] ?? -1))
      this.#find('outOfOrder', this.#named(sequence, streamSequence))
    else this.#highestAcked[publisher] = sequence
    if (sequences.get(sequence) !== streamSequence) this.#misplaced.add(sequence)
  }

  /** Messages that stand elsewhere than their ack said, and those whose acks named the same place. */
  #findConflicts(): void {
    const { acked, contested, sequences } = this.#acks
    const { outcome, reached } = this.#reading
    const isConflict = (sequence: number) => {
      const streamSequence = sequences.get(sequence)
      if (contested.size > 0 && contested.has(streamSequence)) return true
      // A copy may yet stand where the ack said, beyond the point that was reached.
      return this.#misplaced.has(sequence) && (outcome !== 'unfinished' || streamSequence <= reached)
    }
    const candidates = contested.size > 0 ? acked : this.#misplaced
    forEachBit(
      candidates.words,
      (word) => candidates.word(word),
      (sequence) => {
        if (isConflict(sequence)) this.#find('ackConflict', this.#named(sequence, sequences.get(sequence)))
      },
    )
  }

  #find(finding: StreamFinding, example: StreamExample): void {
    this.#counts[finding] += 1
    this.#examples[finding] ??= []
    const examples = this.#examples[finding]
    if (examples.length < mostExamples) examples.push(example)
  }

  #named(sequence: number, streamSequence: number): StreamExample {
    return { ...this.#ledger.exampleOf(sequence, this.#origin), streamSequence }
  }
}
