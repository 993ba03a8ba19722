import type { MsgHdrs, PublishOptions } from 'nats'
import { now, sample, type Tags } from '../measure/index.ts'
import { AckGaps } from './ack-gaps.ts'
import { AckDemux, type AckOutcome } from './acks.ts'
import type { StreamPlan } from './assets.ts'
import type { Client } from './client.ts'
import type { Message, PublishResult, RequestMessage, RequestResult } from './iteration.ts'
import { type Landing, unmapped } from './landing.ts'
import type { Ledger, Outcome } from './ledger.ts'
import type { StoredAs } from './ledger-stream.ts'
import { MessageWriter, payloadSize } from './message-writer.ts'
import type { Origin } from './operation-origin.ts'
import type { PayloadSource } from './payload.ts'
import type { AckTimes } from './protocol.ts'
import { notConnected, refusalOf } from './refusal.ts'
import { Requester } from './requester.ts'
import { afterTry, type Retry, readRetry } from './retry.ts'
import { rememberBySubject, subjectMatches } from './subject.ts'
import type { OperationSamples, Tagger } from './tagger.ts'

export interface PublisherParts {
  readonly client: Client
  readonly ledger: Ledger
  readonly tagger: Tagger
  readonly payloads: PayloadSource
  readonly streams: readonly StreamPlan[]
  readonly runId: number
  /** Its number, stamped into its messages; 0 by default. */
  readonly number?: number
  /** Where it is; undefined in a topology without regions. */
  readonly region?: string | undefined
  /** Where the subjects that it publishes to lead; to themselves by default. */
  readonly landing?: Landing
  /** The first ack after a heal tells the conductor when the system answered again. */
  readonly onAck: () => void
}

interface Sending {
  readonly sequence: number
  readonly phase: number
  readonly intended: number
  readonly sentAt: number
  /** Of payload, over all tries that were handed to the connection. */
  bytes: number
  readonly tags: Tags | undefined
  readonly resolve: (result: PublishResult) => void
  readonly retry: Retry | undefined
}

const sent: PublishResult = { outcome: 'sent' }

/** Publishes, requests, and accounts for each by its outcome. */
export class Publisher {
  readonly #parts: PublisherParts
  readonly #acks: AckDemux<Sending>
  readonly #gaps: AckGaps
  readonly #landing: Landing
  readonly #isStored: (subject: string) => boolean
  readonly #writer: MessageWriter
  readonly #requester: Requester
  // Reused: every field is written before each use, and nobody keeps them.
  readonly #options: { reply: string; headers: MsgHdrs | undefined } = { reply: '', headers: undefined }
  readonly #waiting = new Set<Sending>()
  #isOver = false

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#gaps = new AckGaps(parts.tagger)
    this.#writer = new MessageWriter(parts.payloads, parts.runId, parts.number ?? 0)
    const { client, tagger, ledger, region, landing = unmapped } = parts
    const { reasons } = ledger
    this.#requester = new Requester({ client, tagger, writer: this.#writer, gaps: this.#gaps, reasons, region })
    this.#landing = landing
    // Of where it is at home: elsewhere a message must not become one that nobody acks.
    this.#isStored = rememberBySubject((subject) => {
      const landed = landing(subject, region)
      return parts.streams.some(({ subjects }) => subjects.some((pattern) => subjectMatches(pattern, landed)))
    })
    this.#acks = new AckDemux(parts.client.nats, {
      now,
      settled: (sending, outcome) => this.#settle(sending, outcome),
      late: (sending, outcome) => {
        parts.tagger.current().counter('late_acks').count += 1
        if (outcome.outcome !== 'acked') return
        // What is being retried is over with it.
        if (sending.retry?.body) this.#settle(sending, outcome)
        else parts.ledger.ackLate(sending.sequence, placeOf(sending, outcome))
      },
    })
    parts.client.onDisconnect = () => this.#acks.abandon('disconnected')
  }

  get client(): Client {
    return this.#parts.client
  }

  publish(origin: Origin, subject: string, message: Message | undefined): Promise<PublishResult> {
    const { ledger } = this.#parts
    const size = payloadSize(message)
    const mode = message?.mode ?? (this.#isStored(subject) ? 'jetstream' : 'core')
    const retrying = message?.retry && readRetry(message.retry)
    if (retrying && mode === 'core')
      throw new TypeError(`retry needs an ack, and no stream of the script takes ${subject}`)
    const sentAt = now()
    const intended = sentAt - origin.lag
    const landed = this.#landed(subject)
    const sequence = ledger.attempt(landed, this.#parts.number)
    const tags = message?.tags
    const refused = refusalOf(this.client, size)
    if (refused && !(retrying && refused === notConnected)) {
      const sending = {
        sequence,
        phase: origin.phase,
        intended,
        sentAt,
        bytes: 0,
        tags,
        resolve: ignore,
        retry: undefined,
      }
      this.#fail(sending, refused.reason)
      return Promise.resolve(refused)
    }
    const body = this.#writer.write(message, size, sequence, intended)
    const { headers } = this.#writer
    if (mode === 'core') return this.#publishCore(origin, subject, body, headers, { sequence, intended, sentAt, tags })
    return new Promise((resolve) => {
      const { phase, ackTimeoutMs } = origin
      const retry: Retry | undefined = retrying && {
        left: retrying.times,
        delayMs: retrying.delayMs,
        ackTimeoutMs,
        subject,
        landed,
        headers,
        body,
        hasOwnId: message.msgId === undefined,
        mayBeStored: false,
        timer: undefined,
      }
      const sending: Sending = { sequence, phase, intended, sentAt, bytes: 0, tags, resolve, retry }
      if (refused) return this.#settle(sending, refused)
      this.#try(sending, ackTimeoutMs, subject, body, headers)
    })
  }

  request(origin: Origin, subject: string, message: RequestMessage | undefined): Promise<RequestResult> {
    return this.#requester.request(origin, subject, message)
  }

  /** When acks came since it was asked last. */
  takeAcks(): AckTimes {
    return this.#gaps.take()
  }

  /** Every message sent so far has reached the server. */
  async flush(): Promise<void> {
    await this.#parts.client.nats.flush()
  }

  /** Settles what still waits as indeterminate: the load is over. */
  abandon(reason: string): void {
    this.#isOver = true
    this.#acks.abandon(reason)
    for (const sending of this.#waiting) this.#settle(sending, { outcome: 'failed', reason })
    this.#gaps.end()
  }

  /** The subject that a message has once the server has it that the client is connected to now. */
  #landed(subject: string): string {
    const { client, region } = this.#parts
    return this.#landing(subject, client.awayIn ?? region)
  }

  #publishCore(
    origin: Origin,
    subject: string,
    body: Uint8Array,
    headers: MsgHdrs | undefined,
    { sequence, intended, sentAt, tags }: Pick<Sending, 'sequence' | 'intended' | 'sentAt' | 'tags'>,
  ): Promise<PublishResult> {
    this.#send(subject, body, headers, '')
    const samples = this.#account(origin.phase, intended, sentAt, tags, sequence, 'sent')
    samples.publish.sent.count += 1
    samples.publish.bytes.count += body.length
    samples.publish.success.trues += 1
    return Promise.resolve(sent)
  }

  #send(subject: string, body: Uint8Array, headers: MsgHdrs | undefined, reply: string): void {
    this.#options.headers = headers
    this.#options.reply = reply
    this.#parts.client.nats.publish(subject, body, this.#options as PublishOptions)
  }

  #try(sending: Sending, ackTimeoutMs: number, subject: string, body: Uint8Array, headers: MsgHdrs | undefined): void {
    sending.bytes += body.length
    this.#send(subject, body, headers, this.#acks.expect(sending, ackTimeoutMs))
  }

  #settle(sending: Sending, ended: AckOutcome): void {
    const ack = sending.retry ? this.#afterTry(sending, sending.retry, ended) : ended
    if (!ack) return
    if (ack.outcome === 'failed') {
      this.#fail(sending, ack.reason)
      return
    }
    const { sequence, phase, intended, sentAt, tags } = sending
    const stored = ack.outcome === 'acked' ? placeOf(sending, ack) : undefined
    if (ack.outcome === 'indeterminate') this.#parts.ledger.reasons.note('publish', ack.outcome, ack.reason)
    const { publish, set } = this.#account(phase, intended, sentAt, tags, sequence, ack.outcome, stored)
    publish[ack.outcome].count += 1
    publish.bytes.count += sending.bytes
    if (ack.outcome === 'acked') {
      publish.success.trues += 1
      if (this.client.awayIn !== undefined) set.counter('failover_acks').count += 1
      if (ack.duplicate) set.counter('duplicate_acks').count += 1
      this.#parts.onAck()
    }
    sending.resolve(ack)
  }

  /** What a try's end means for its message; undefined when nothing is to be told now. */
  #afterTry(sending: Sending, retry: Retry, ended: AckOutcome): AckOutcome | undefined {
    if (!retry.body) {
      // A late ack of an earlier try has settled it while this one was under way.
      if (ended.outcome === 'acked') this.#parts.ledger.ackLate(sending.sequence, placeOf(sending, ended))
      return undefined
    }
    if (this.#isOver) retry.left = 0
    const ack = afterTry(retry, ended)
    if (ack) {
      this.#waiting.delete(sending)
      return ack
    }
    this.#waiting.add(sending)
    retry.timer = setTimeout(() => this.#tryAgain(sending, retry), retry.delayMs)
    return undefined
  }

  #tryAgain(sending: Sending, retry: Retry): void {
    this.#waiting.delete(sending)
    retry.left -= 1
    const { client, tagger, ledger } = this.#parts
    if (!client.connected) {
      this.#settle(sending, notConnected)
      return
    }
    const landed = this.#landed(retry.subject)
    if (landed !== retry.landed) {
      ledger.redirect(sending.sequence, { from: retry.landed, to: landed }, this.#parts.number)
      retry.landed = landed
    }
    tagger.samples(sending.phase, now(), sending.tags).set.counter('publish_retries').count += 1
    this.#try(sending, retry.ackTimeoutMs, retry.subject, retry.body!, retry.headers)
  }

  #fail(sending: Sending, reason: string): void {
    const { sequence, phase, intended, sentAt, tags, bytes } = sending
    const { publish } = this.#account(phase, intended, sentAt, tags, sequence, 'failed')
    this.#parts.ledger.reasons.note('publish', 'failed', reason)
    publish.failed.count += 1
    publish.bytes.count += bytes
    sending.resolve({ outcome: 'failed', reason })
  }

  /** What every outcome has in common. Only acked publishes have a latency; the others are counted beside it. */
  #account(
    phase: number,
    intended: number,
    sentAt: number,
    tags: Tags | undefined,
    sequence: number,
    outcome: Outcome,
    stored?: StoredAs,
  ): OperationSamples {
    const samples = this.#parts.tagger.samples(phase, intended, tags)
    samples.publish.attempts.count += 1
    samples.publish.success.total += 1
    // Nobody answers a core publish: the time until the socket has it says nothing of the server.
    if (outcome === 'acked') {
      const end = now()
      sample(samples.publish.latency, end - intended)
      sample(samples.publish.service, end - sentAt)
      this.#gaps.acked(phase, end)
    } else if (outcome !== 'sent') this.#gaps.missed(phase, now())
    this.#parts.ledger.settle(sequence, outcome, stored)
    return samples
  }
}

/** What an ack says of a message's place. "Duplicate", of an id that no other message has, is where it stands itself. */
function placeOf({ retry }: Sending, ack: StoredAs): StoredAs {
  return ack.duplicate && retry?.hasOwnId ? { stream: ack.stream, seq: ack.seq, duplicate: false } : ack
}

function ignore(): void {}
