import type { MsgHdrs, PublishOptions } from 'nats'
import { now } from '../../measure/index.ts'
import type { StreamPlan } from '../assets/assets.ts'
import { type Landing, unmapped } from '../assets/landing.ts'
import { rememberBySubject, subjectMatches } from '../assets/subject.ts'
import type { Client } from '../clients/client.ts'
import type { Message, PublishResult, RequestMessage, RequestResult } from '../iteration.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { StoredAs } from '../ledger/stream-acks.ts'
import type { AckTimes } from '../protocol.ts'
import type { Tagger } from '../tagger.ts'
import { AckGaps } from './ack-gaps.ts'
import { AckDemux, type AckOutcome } from './acks.ts'
import { MessageWriter, payloadSize } from './message-writer.ts'
import type { Origin } from './operation-origin.ts'
import type { PayloadSource } from './payload.ts'
import { type Publication, PublishAccount } from './publish-account.ts'
import { notConnected, refusalOf } from './refusal.ts'
import { Requester } from './requester.ts'
import { afterTry, type Retry, readRetry } from './retry.ts'

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

interface Sending extends Publication {
  bytes: number
  readonly resolve: (result: PublishResult) => void
  readonly retry: Retry | undefined
}

const sent: PublishResult = { outcome: 'sent' }

/** Publishes and requests, and sees to it that each is accounted for by its outcome. */
export class Publisher {
  readonly #parts: PublisherParts
  readonly #acks: AckDemux<Sending>
  readonly #account: PublishAccount
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
    const { client, tagger, ledger, region, onAck, landing = unmapped } = parts
    this.#account = new PublishAccount({ client, ledger, tagger, gaps: this.#gaps, onAck })
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
    const { phase, ackTimeoutMs } = origin
    const tags = message?.tags
    const refused = refusalOf(this.client, size)
    if (refused && !(retrying && refused === notConnected)) {
      this.#account.missed({ sequence, phase, intended, sentAt, bytes: 0, tags }, refused)
      return Promise.resolve(refused)
    }
    const body = this.#writer.write(message, size, sequence, intended)
    const { headers } = this.#writer
    if (mode === 'core') {
      this.#send(subject, body, headers, '')
      this.#account.sent({ sequence, phase, intended, sentAt, bytes: body.length, tags })
      return Promise.resolve(sent)
    }
    return new Promise((resolve) => {
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
    if (ack.outcome === 'acked') this.#account.acked(sending, ack, placeOf(sending, ack))
    else this.#account.missed(sending, ack)
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
}

/** What an ack says of a message's place. "Duplicate", of an id that no other message has, is where it stands itself. */
function placeOf({ retry }: Sending, ack: StoredAs): StoredAs {
  return ack.duplicate && retry?.hasOwnId ? { stream: ack.stream, seq: ack.seq, duplicate: false } : ack
}
