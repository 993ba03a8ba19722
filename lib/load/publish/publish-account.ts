import { now, sample, type Tags } from '../../measure/index.ts'
import type { Client } from '../clients/client.ts'
import type { Ledger, Outcome } from '../ledger/ledger.ts'
import type { StoredAs } from '../ledger/stream-acks.ts'
import type { OperationSamples, Tagger } from '../tagger.ts'
import type { AckGaps } from './ack-gaps.ts'
import type { AckOutcome } from './acks.ts'

type Acked = Extract<AckOutcome, { outcome: 'acked' }>

/** A message that was to be published. Times are monotonic milliseconds. */
export interface Publication {
  readonly sequence: number
  readonly phase: number
  readonly intended: number
  readonly sentAt: number
  /** Of payload, over all tries that were handed to the connection. */
  readonly bytes: number
  readonly tags: Tags | undefined
}

export interface PublishAccountParts {
  readonly client: Client
  readonly ledger: Ledger
  readonly tagger: Tagger
  readonly gaps: AckGaps
  /** The first ack after a heal tells the conductor when the system answered again. */
  readonly onAck: () => void
}

/** Accounts for each publish by its outcome, once: samples, ledger, reasons. */
export class PublishAccount {
  readonly #parts: PublishAccountParts

  constructor(parts: PublishAccountParts) {
    this.#parts = parts
  }

  /** Handed to the connection, and nobody will answer. */
  sent(publication: Publication): void {
    const { publish } = this.#common(publication, 'sent')
    publish.sent.count += 1
    publish.success.trues += 1
  }

  /** Known not to be stored, or not known to be. */
  missed(publication: Publication, { outcome, reason }: Exclude<AckOutcome, Acked>): void {
    const { publish } = this.#common(publication, outcome)
    publish[outcome].count += 1
    this.#parts.ledger.reasons.note('publish', outcome, reason)
  }

  /** `stored` is its place; what the ack said may be of an earlier try of its own. */
  acked(publication: Publication, ack: Acked, stored: StoredAs): void {
    const { publish, set } = this.#common(publication, 'acked', stored)
    publish.acked.count += 1
    publish.success.trues += 1
    const { client, onAck } = this.#parts
    if (client.awayIn !== undefined) set.counter('failover_acks').count += 1
    if (ack.duplicate) set.counter('duplicate_acks').count += 1
    onAck()
  }

  /** What every outcome has in common. Only acked publishes have a latency; the others are counted beside it. */
  #common(
    { sequence, phase, intended, sentAt, bytes, tags }: Publication,
    outcome: Outcome,
    stored?: StoredAs,
  ): OperationSamples {
    const { tagger, gaps, ledger } = this.#parts
    const samples = tagger.samples(phase, intended, tags)
    const { publish } = samples
    publish.attempts.count += 1
    publish.success.total += 1
    publish.bytes.count += bytes
    // Nobody answers a core publish: the time until the socket has it says nothing of the server.
    if (outcome === 'acked') {
      const end = now()
      sample(publish.latency, end - intended)
      sample(publish.service, end - sentAt)
      gaps.acked(phase, end)
    } else if (outcome !== 'sent') gaps.missed(phase, now())
    ledger.settle(sequence, outcome, stored)
    return samples
  }
}
