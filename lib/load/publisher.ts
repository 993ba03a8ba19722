import { type MsgHdrs, NatsError, headers as newHeaders, type PublishOptions } from 'nats'
import { messageOf } from '../errors.ts'
import { durationForms, now, sample, sizeForms, type Tags, toBytes, toMilliseconds } from '../measure/index.ts'
import { AckGaps } from './ack-gaps.ts'
import { AckDemux, type AckOutcome } from './acks.ts'
import type { StreamPlan } from './assets.ts'
import type { Client } from './client.ts'
import type { Message, PublishResult, RequestMessage, RequestResult } from './iteration.ts'
import type { Ledger, Outcome } from './ledger.ts'
import type { StoredAs } from './ledger-stream.ts'
import type { PayloadSource } from './payload.ts'
import { type Stamp, stampHeader, stampSize, stampText, writeStamp } from './stamp.ts'
import { rememberBySubject, subjectMatches } from './subject.ts'
import type { OperationSamples, Tagger } from './tagger.ts'

/** Who asks: the phase and lag of the iteration that a publish or request belongs to. Times in milliseconds. */
export interface Origin {
  readonly phase: number
  /** How late the iteration began: its operations should each have begun this much earlier. */
  readonly lag: number
  readonly ackTimeoutMs: number
}

export interface PublisherParts {
  readonly client: Client
  readonly ledger: Ledger
  readonly tagger: Tagger
  readonly payloads: PayloadSource
  readonly streams: readonly StreamPlan[]
  readonly runId: number
  /** The first ack after a heal tells the conductor when the system answered again. */
  readonly onAck: () => void
}

interface Sending {
  readonly sequence: number
  readonly phase: number
  readonly intended: number
  readonly sentAt: number
  readonly bytes: number
  readonly tags: Tags | undefined
  readonly resolve: (result: PublishResult) => void
}

const defaultSize = 128
const defaultRequestTimeout = 5_000
const sent: PublishResult = { outcome: 'sent' }

interface Refusal {
  readonly outcome: 'failed'
  readonly reason: string
}
const notConnected: Refusal = { outcome: 'failed', reason: 'not connected' }

/** Publishes, requests, and accounts for each by its outcome. */
export class Publisher {
  readonly #parts: PublisherParts
  readonly #acks: AckDemux<Sending>
  readonly #gaps: AckGaps
  readonly #isStored: (subject: string) => boolean
  // Reused: every field is written before each use, and nobody keeps them.
  readonly #stamp: Stamp
  readonly #options: { reply: string; headers: MsgHdrs | undefined } = { reply: '', headers: undefined }

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#gaps = new AckGaps(parts.tagger)
    this.#stamp = { runId: parts.runId, publisher: parts.ledger.publisher, sequence: 0, intended: 0 }
    this.#isStored = rememberBySubject((subject) =>
      parts.streams.some(({ subjects }) => subjects.some((pattern) => subjectMatches(pattern, subject))),
    )
    this.#acks = new AckDemux(parts.client.nats, {
      now,
      settled: (sending, outcome) => this.#settle(sending, outcome),
      late: (sending, outcome) => {
        parts.tagger.current().counter('late_acks').count += 1
        if (sending && outcome.outcome === 'acked') parts.ledger.ackLate(sending.sequence, outcome)
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
    const sentAt = now()
    const intended = sentAt - origin.lag
    const sequence = ledger.attempt(subject)
    const tags = message?.tags
    const refused = this.#refusal(size)
    if (refused) {
      const sending = { sequence, phase: origin.phase, intended, sentAt, bytes: 0, tags, resolve: ignore }
      this.#fail(sending, refused.reason)
      return Promise.resolve(refused)
    }
    const body = this.#body(message, size, sequence, intended)
    const mode = message?.mode ?? (this.#isStored(subject) ? 'jetstream' : 'core')
    if (mode === 'core') return this.#publishCore(origin, subject, body, { sequence, intended, sentAt, tags })
    return new Promise((resolve) => {
      const sending: Sending = { sequence, phase: origin.phase, intended, sentAt, bytes: body.length, tags, resolve }
      const reply = this.#acks.expect(sending, origin.ackTimeoutMs)
      this.#send(subject, body, reply)
    })
  }

  async request(origin: Origin, subject: string, message: RequestMessage | undefined): Promise<RequestResult> {
    const { client, tagger } = this.#parts
    const size = payloadSize(message)
    const timeout = message?.timeout === undefined ? defaultRequestTimeout : toMilliseconds(message.timeout)
    if (timeout === undefined)
      throw new TypeError(`request timeout is ${JSON.stringify(message?.timeout)}; it must be ${durationForms}`)
    const sentAt = now()
    const intended = sentAt - origin.lag
    const refused = this.#refusal(size)
    if (refused) {
      const samples = tagger.samples(origin.phase, intended, message?.tags).request
      samples.failed.count += 1
      samples.success.total += 1
      return refused
    }
    const body = this.#body(message, size, 0, intended, false)
    const { headers } = this.#options
    let result: RequestResult
    try {
      const reply = await client.nats.request(subject, body, { timeout, ...(headers && { headers }) })
      result = { outcome: 'replied', message: reply }
    } catch (error) {
      const nobody = error instanceof NatsError && error.code === '503'
      result = nobody
        ? { outcome: 'failed', reason: 'no responders' }
        : { outcome: 'indeterminate', reason: messageOf(error) }
    }
    const samples = tagger.samples(origin.phase, intended, message?.tags).request
    const end = now()
    samples.success.total += 1
    samples.bytes.count += body.length
    if (result.outcome === 'replied') {
      sample(samples.latency, end - intended)
      sample(samples.service, end - sentAt)
      samples.success.trues += 1
    } else samples[result.outcome].count += 1
    return result
  }

  /** Every message sent so far has reached the server. */
  async flush(): Promise<void> {
    await this.#parts.client.nats.flush()
  }

  /** Settles what still waits as indeterminate: the load is over. */
  abandon(reason: string): void {
    this.#acks.abandon(reason)
    this.#gaps.end()
  }

  #publishCore(
    origin: Origin,
    subject: string,
    body: Uint8Array,
    { sequence, intended, sentAt, tags }: Pick<Sending, 'sequence' | 'intended' | 'sentAt' | 'tags'>,
  ): Promise<PublishResult> {
    this.#send(subject, body, '')
    const samples = this.#account(origin.phase, intended, sentAt, tags, sequence, 'sent')
    samples.publish.sent.count += 1
    samples.publish.bytes.count += body.length
    samples.publish.success.trues += 1
    return Promise.resolve(sent)
  }

  #send(subject: string, body: Uint8Array, reply: string): void {
    this.#options.reply = reply
    this.#parts.client.nats.publish(subject, body, this.#options as PublishOptions)
  }

  #settle(sending: Sending, ack: AckOutcome): void {
    if (ack.outcome === 'failed') {
      this.#fail(sending, ack.reason)
      return
    }
    const { sequence, phase, intended, sentAt, tags } = sending
    const stored = ack.outcome === 'acked' ? ack : undefined
    const { publish } = this.#account(phase, intended, sentAt, tags, sequence, ack.outcome, stored)
    publish[ack.outcome].count += 1
    publish.bytes.count += sending.bytes
    if (ack.outcome === 'acked') {
      publish.success.trues += 1
      this.#parts.onAck()
    }
    sending.resolve(ack)
  }

  #fail(sending: Sending, reason: string): void {
    const { sequence, phase, intended, sentAt, tags } = sending
    this.#account(phase, intended, sentAt, tags, sequence, 'failed').publish.failed.count += 1
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

  /** Why a message of this size is known not to reach the server, if it is: nats.js would drop or throw. */
  #refusal(size: number): Refusal | undefined {
    const { client } = this.#parts
    if (!client.connected) return notConnected
    const limit = client.nats.info?.max_payload ?? Number.POSITIVE_INFINITY
    if (size <= limit) return undefined
    return { outcome: 'failed', reason: `payload of ${size} bytes is over the server's max_payload of ${limit}` }
  }

  /** The bytes to send; leaves the headers, if any, in the reused options. */
  #body(message: Message | undefined, size: number, sequence: number, intended: number, stamped = true): Uint8Array {
    this.#stamp.sequence = sequence
    this.#stamp.intended = intended
    const payload = message?.payload
    const inPayload = stamped && payload === undefined && size >= stampSize
    this.#options.headers = messageHeaders(message, stamped && !inPayload ? stampText(this.#stamp) : undefined)
    if (payload !== undefined) return typeof payload === 'string' ? Buffer.from(payload) : payload
    const made = this.#parts.payloads.make(size, sequence)
    if (inPayload) writeStamp(made, this.#stamp)
    return made
  }
}

function payloadSize(message: Message | undefined): number {
  const payload = message?.payload
  if (payload !== undefined) return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  if (message?.size === undefined) return defaultSize
  const size = toBytes(message.size)
  if (size === undefined)
    throw new TypeError(`message size is ${JSON.stringify(message.size)}; it must be ${sizeForms}`)
  return size
}

function messageHeaders(message: Message | undefined, stamp: string | undefined): MsgHdrs | undefined {
  if (stamp === undefined && !message?.headers && message?.msgId === undefined) return undefined
  const headers = newHeaders()
  for (const [name, value] of Object.entries(message?.headers ?? {})) headers.set(name, value)
  if (message?.msgId !== undefined) headers.set('Nats-Msg-Id', message.msgId)
  if (stamp !== undefined) headers.set(stampHeader, stamp)
  return headers
}

function ignore(): void {}
