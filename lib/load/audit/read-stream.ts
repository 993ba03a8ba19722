import {
  AckPolicy,
  createInbox,
  DeliverPolicy,
  type JetStreamManager,
  type Msg,
  type NatsConnection,
  NatsError,
  nanos,
} from 'nats'
import { now } from '../../measure/index.ts'
import type { Reading } from './stored-message.ts'

/** Messages asked for at once; the next batch is asked for when half of one is left. */
const batch = 2_000
/** Without a message for so long, the consumer is taken for lost and made anew. */
const patienceMs = 2_000
const streamNotFound = 10_059

/** Called for each message in the order of the stream, with its stream sequence and the server's time of storing, ms. */
export type OnStored = (message: Msg, streamSequence: number, storedAt: number) => void

/**
 * Reads a stream to its last message, from its first or from the one `after` a sequence, at most until `deadline` (monotonic ms): by a pull consumer of its
 * own, in memory and without acks, which is made anew from where it got to when it is lost or skips something.
 */
export async function readStream(
  nats: NatsConnection,
  stream: string,
  deadline: number,
  each: OnStored,
  after = 0,
): Promise<Reading> {
  const manager = await nats.jetstreamManager({ checkAPI: false, timeout: patienceMs })
  let reached = after
  while (now() < deadline) {
    try {
      const { state } = await manager.streams.info(stream)
      if (reached >= state.last_seq || state.messages === 0) {
        const { first_seq: firstSequence, last_seq: lastSequence, messages, num_deleted: deleted = 0, bytes } = state
        return {
          outcome: 'finished',
          reached: lastSequence,
          state: { firstSequence, lastSequence, messages, deleted, bytes },
          at: now(),
        }
      }
      const before = reached
      reached = await readFrom({ nats, manager, stream, start: reached + 1, deadline, each })
      if (reached < state.last_seq && !(await holdsAny(nats, stream, reached + 1))) reached = state.last_seq
      if (reached > before) continue
    } catch (error) {
      if (isMissing(error)) return { outcome: 'missing', reached: 0, state: undefined, at: now() }
    }
    // Not readable now; the deadline decides for how long that is worth trying again.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { outcome: 'unfinished', reached, state: undefined, at: now() }
}

interface Section {
  readonly nats: NatsConnection
  readonly manager: JetStreamManager
  readonly stream: string
  readonly start: number
  readonly deadline: number
  readonly each: OnStored
}

/**
 * Does the stream hold anything from a sequence on? Its leader answers. The consumer's word would not do: it runs on any
 * replica, and one that lags knows nothing of the stream's end.
 */
async function holdsAny(nats: NatsConnection, stream: string, sequence: number): Promise<boolean> {
  const request = JSON.stringify({ seq: sequence, next_by_subj: '>' })
  const reply = await nats.request(`$JS.API.STREAM.MSG.GET.${stream}`, request, { timeout: patienceMs })
  const { error } = reply.json<{ error?: { code: number; description: string } }>()
  if (error && error.code !== 404) throw new Error(error.description)
  return error === undefined
}

/** Reads on from `start`, for as long as one consumer lives and has messages; resolves with the last sequence read. */
async function readFrom({ nats, manager, stream, start, deadline, each }: Section): Promise<number> {
  const { name, num_pending } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
    inactive_threshold: nanos(30_000),
    mem_storage: true,
    num_replicas: 1,
  })
  const inbox = createInbox()
  const next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`
  const ask = () => nats.publish(next, JSON.stringify({ batch, expires: nanos(10_000) }), { reply: inbox })
  let reached = start - 1
  let delivered = 0
  let asked = batch
  let watch: NodeJS.Timeout | undefined
  try {
    if (num_pending === 0) return reached
    await new Promise<void>((resolve, reject) => {
      let seenAt = now()
      // No message may be noted once this is over: the next consumer begins after what was.
      const end = () => {
        subscription.unsubscribe()
        resolve()
      }
      watch = setInterval(() => {
        if (now() - seenAt > patienceMs || now() >= deadline) end()
      }, 100)
      const subscription = nats.subscribe(inbox, {
        callback: (error, message) => {
          if (error) return reject(error)
          const place = placeOf(message.reply)
          // Without a place it is a status: the consumer is gone, or the request is over.
          if (!place || place.consumerSequence !== delivered + 1) return end()
          seenAt = now()
          delivered = place.consumerSequence
          reached = place.streamSequence
          each(message, reached, place.storedAt)
          if (place.pending === 0) return end()
          if (asked - delivered <= batch / 2) {
            asked += batch
            ask()
          }
        },
      })
      ask()
    })
    return reached
  } finally {
    clearInterval(watch)
    await manager.consumers.delete(stream, name).catch(() => {})
  }
}

interface Place {
  readonly streamSequence: number
  readonly consumerSequence: number
  readonly storedAt: number
  readonly pending: number
}

/**
 * Where a delivered message stands, by its reply subject:
 * `$JS.ACK.[domain.account.]stream.consumer.deliveries.streamSeq.consumerSeq.timestamp.pending[.token]` (ADR-15).
 */
function placeOf(reply: string | undefined): Place | undefined {
  if (!reply?.startsWith('$JS.ACK.')) return undefined
  const tokens = reply.split('.')
  const first = tokens.length >= 11 ? 5 : 3
  return {
    streamSequence: Number(tokens[first + 2]),
    consumerSequence: Number(tokens[first + 3]),
    storedAt: Number(tokens[first + 4]) / 1e6,
    pending: Number(tokens[first + 5]),
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === streamNotFound
}
