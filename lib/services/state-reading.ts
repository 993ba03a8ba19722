import {
  AckPolicy,
  DeliverPolicy,
  type JsMsg,
  type MsgHdrs,
  type NatsConnection,
  NatsError,
  nanos,
  type StoredMsg,
} from 'nats'
import type { BucketPlan } from './plan.ts'

/** What a key of a bucket holds. */
export interface KeyState {
  /** The stream sequence of its newest entry. */
  readonly revision: number
  /** Of the bucket's `rising` field; undefined where it is no number. */
  readonly rising: number | undefined
}

/** What a bucket holds, by key; deleted keys are not in it. */
export type BucketState = ReadonlyMap<string, KeyState>

const deadlineMs = 5_000
const notFound = 404

/** Of what does not answer within 5 s it is not known what it holds. */
export class StateReader {
  readonly #nats: () => Promise<NatsConnection>

  constructor(nats: () => Promise<NatsConnection>) {
    this.#nats = nats
  }

  /** The newest entry of every key; undefined where there is no such bucket. Rejects when it can't be read in time. */
  async bucket({ bucket, rising }: BucketPlan): Promise<BucketState | undefined> {
    const nats = await this.#nats()
    const manager = await nats.jetstreamManager({ checkAPI: false, timeout: deadlineMs })
    const stream = streamOf(bucket)
    const state = new Map<string, KeyState>()
    const made = await orMissing(
      manager.consumers.add(stream, {
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.LastPerSubject,
        filter_subject: `${prefixOf(bucket)}>`,
        headers_only: rising === undefined,
        inactive_threshold: nanos(10_000),
        mem_storage: true,
        num_replicas: 1,
      }),
    )
    if (!made) return undefined
    try {
      if (made.num_pending === 0) return state
      const consumer = await nats.jetstream({ checkAPI: false, timeout: deadlineMs }).consumers.get(stream, made.name)
      const messages = await consumer.consume({ max_messages: 1_000, expires: deadlineMs })
      const late = setTimeout(() => messages.stop(), deadlineMs)
      let isWhole = false
      for await (const message of messages) {
        take(state, bucket, message, rising)
        // Keys that are written meanwhile come again, further on: only when nothing is left was every key seen.
        isWhole = message.info.pending === 0
        if (isWhole) break
      }
      messages.stop()
      clearTimeout(late)
      if (!isWhole) throw new Error(`bucket ${bucket} could not be read within ${deadlineMs / 1_000} s`)
      return state
    } finally {
      await manager.consumers.delete(stream, made.name).catch(() => {})
    }
  }

  /** The newest entry of one key, by the word of the stream's leader: a reading may come from a replica that lags. */
  async key({ bucket, rising }: BucketPlan, key: string): Promise<KeyState | undefined> {
    const manager = await (await this.#nats()).jetstreamManager({ checkAPI: false, timeout: deadlineMs })
    const stored = await orMissing(
      manager.streams.getMessage(streamOf(bucket), { last_by_subj: `${prefixOf(bucket)}${key}` }),
    )
    return stored && !isDeletion(stored.header) ? stateOf(stored.seq, stored, rising) : undefined
  }

  /** A stream's last sequence, undefined where there is no such stream. Its leader answers. */
  async lastSequence(stream: string): Promise<number | undefined> {
    const manager = await (await this.#nats()).jetstreamManager({ checkAPI: false, timeout: deadlineMs })
    return (await orMissing(manager.streams.info(stream)))?.state.last_seq
  }
}

function take(state: Map<string, KeyState>, bucket: string, message: JsMsg, rising: string | undefined): void {
  const key = message.subject.slice(prefixOf(bucket).length)
  if (isDeletion(message.headers)) state.delete(key)
  else state.set(key, stateOf(message.seq, message, rising))
}

function stateOf(revision: number, message: JsMsg | StoredMsg, rising: string | undefined): KeyState {
  return { revision, rising: rising === undefined ? undefined : numberIn(message, rising) }
}

/** The value itself where the field is empty, as in `rising: ''`; else that field of a JSON object. */
function numberIn(message: JsMsg | StoredMsg, field: string): number | undefined {
  try {
    const value = message.json<unknown>()
    const number = field === '' ? value : (value as Record<string, unknown> | null)?.[field]
    return typeof number === 'number' ? number : undefined
  } catch {
    return undefined
  }
}

/** A marker that says that a key was deleted (ADR-8). */
function isDeletion(headers: MsgHdrs | undefined): boolean {
  const operation = headers?.get('KV-Operation')
  return operation === 'DEL' || operation === 'PURGE'
}

const streamOf = (bucket: string) => `KV_${bucket}`
const prefixOf = (bucket: string) => `$KV.${bucket}.`

async function orMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === notFound) return undefined
    throw error
  }
}
