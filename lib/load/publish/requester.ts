import { NatsError } from 'nats'
import { messageOf } from '../../errors.ts'
import { durationForms, now, sample, toMilliseconds } from '../../measure/index.ts'
import type { Client } from '../clients/client.ts'
import type { RequestMessage, RequestResult } from '../iteration.ts'
import type { Reasons } from '../ledger/reasons.ts'
import type { Tagger } from '../tagger.ts'
import type { AckGaps } from './ack-gaps.ts'
import { answeredBy } from './answered-by.ts'
import { type MessageWriter, payloadSize } from './message-writer.ts'
import type { Origin } from './operation-origin.ts'
import { refusalOf } from './refusal.ts'

const defaultRequestTimeout = 5_000

export interface RequesterParts {
  readonly client: Client
  readonly tagger: Tagger
  readonly writer: MessageWriter
  /** Told of requests that were not answered: they are signs of a fault, as missed acks are. */
  readonly gaps: AckGaps
  readonly reasons: Reasons
  /** Where it is; undefined in a topology without regions. */
  readonly region?: string | undefined
}

/** Sends requests, and accounts for each by its outcome. */
export class Requester {
  readonly #parts: RequesterParts

  constructor(parts: RequesterParts) {
    this.#parts = parts
  }

  async request(origin: Origin, subject: string, message: RequestMessage | undefined): Promise<RequestResult> {
    const { client, tagger, writer, gaps, reasons, region } = this.#parts
    const size = payloadSize(message)
    const timeout = message?.timeout === undefined ? defaultRequestTimeout : toMilliseconds(message.timeout)
    if (timeout === undefined)
      throw new TypeError(`request timeout is ${JSON.stringify(message?.timeout)}; it must be ${durationForms}`)
    const sentAt = now()
    const intended = sentAt - origin.lag
    const refused = refusalOf(client, size)
    if (refused) {
      const samples = tagger.samples(origin.phase, intended, message?.tags).request
      samples.failed.count += 1
      samples.success.total += 1
      gaps.refused(sentAt)
      reasons.note('request', refused.outcome, refused.reason)
      return refused
    }
    const body = writer.writePlain(message, size)
    const { headers } = writer
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
    const { request: samples, set } = tagger.samples(origin.phase, intended, message?.tags)
    const end = now()
    samples.success.total += 1
    samples.bytes.count += body.length
    if (result.outcome === 'replied') {
      sample(samples.latency, end - intended)
      sample(samples.service, end - sentAt)
      samples.success.trues += 1
      const by = region === undefined ? undefined : answeredBy(result.message)
      if (by !== undefined) {
        const near = set.rate('near_answers')
        near.total += 1
        if (by === region) near.trues += 1
      }
    } else {
      samples[result.outcome].count += 1
      gaps.refused(end)
      reasons.note('request', result.outcome, result.reason)
    }
    return result
  }
}
