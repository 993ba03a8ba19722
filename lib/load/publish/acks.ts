import { createInbox, type Msg, type NatsConnection } from 'nats'

/** A publish that waits for its ack. Objects are reused: one is only valid until it is settled. */
export interface PendingAck<Context> {
  context: Context
  /** Monotonic milliseconds. */
  deadline: number
}

export type AckOutcome =
  | { readonly outcome: 'acked'; readonly stream: string; readonly seq: number; readonly duplicate: boolean }
  | { readonly outcome: 'failed' | 'indeterminate'; readonly reason: string }

interface Slot<Context> extends PendingAck<Context> {
  readonly index: number
  generation: number
  reply: string
  timeoutMs: number
  previous: Slot<Context> | undefined
  next: Slot<Context> | undefined
  list: DeadlineList<Context> | undefined
}

/** So many publishes are remembered after their timeout, so that a late ack is known for what it acks. */
const mostGivenUp = 50_000

/** Waiting publishes with one timeout, oldest first. */
interface DeadlineList<Context> {
  first: Slot<Context> | undefined
  last: Slot<Context> | undefined
  timer: NodeJS.Timeout | undefined
}

/**
 * Waits for many JetStream acks at once over one wildcard inbox, instead of one promise, timer and token for each as
 * `js.publish` does: 75–130 k acks a second on one core against 12–22 k (bench/publish.ts). The reply subject ends in a
 * slot number and how often the slot was used. No two publishes have the same one, because an ack may come late, and may
 * come again: a stream's new leader acks what it finds in its log, whether or not the old one had.
 */
export class AckDemux<Context> {
  readonly #inbox = createInbox()
  readonly #slots: Slot<Context>[] = []
  readonly #free: Slot<Context>[] = []
  readonly #lists = new Map<number, DeadlineList<Context>>()
  readonly #settled: (context: Context, outcome: AckOutcome) => void
  readonly #late: AckHandlers<Context>['late']
  // By reply subject, oldest first.
  readonly #givenUp = new Map<string, Context>()
  readonly #now: () => number

  constructor(nats: NatsConnection, handlers: AckHandlers<Context>) {
    this.#settled = handlers.settled
    this.#late = handlers.late
    this.#now = handlers.now
    nats.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.#receive(message)
      },
    })
  }

  /** Begins to wait; returns the subject to publish with as reply. */
  expect(context: Context, timeoutMs: number): string {
    const slot = this.#free.pop() ?? this.#newSlot(context)
    slot.context = context
    slot.generation += 1
    slot.reply = `${this.#inbox}.${slot.index}-${slot.generation}`
    slot.timeoutMs = timeoutMs
    slot.deadline = this.#now() + timeoutMs
    this.#append(slot)
    return slot.reply
  }

  /** Settles everything that waits as indeterminate: its acks, if there were any, are gone. */
  abandon(reason: string): void {
    for (const list of this.#lists.values()) {
      while (list.first) this.#giveUp(list.first, reason)
    }
  }

  #receive(message: Msg): void {
    const token = message.subject.slice(this.#inbox.length + 1)
    const slot = this.#slots[Number.parseInt(token, 10)]
    if (!slot?.list || slot.reply !== message.subject) {
      // Unknown ones are acks that come again, or too late to be remembered.
      const late = this.#givenUp.get(message.subject)
      if (late === undefined) return
      this.#givenUp.delete(message.subject)
      this.#late(late, readAck(message))
      return
    }
    const { context } = slot
    this.#remove(slot)
    this.#free.push(slot)
    this.#settled(context, readAck(message))
  }

  #giveUp(slot: Slot<Context>, reason: string): void {
    const { context } = slot
    this.#remove(slot)
    this.#givenUp.set(slot.reply, context)
    if (this.#givenUp.size > mostGivenUp) this.#givenUp.delete(this.#givenUp.keys().next().value!)
    this.#free.push(slot)
    this.#settled(context, { outcome: 'indeterminate', reason })
  }

  #newSlot(context: Context): Slot<Context> {
    const index = this.#slots.length
    const links = { previous: undefined, next: undefined, list: undefined }
    const slot: Slot<Context> = { index, generation: 0, reply: '', context, deadline: 0, timeoutMs: 0, ...links }
    this.#slots.push(slot)
    return slot
  }

  #append(slot: Slot<Context>): void {
    let list = this.#lists.get(slot.timeoutMs)
    if (!list) {
      list = { first: undefined, last: undefined, timer: undefined }
      this.#lists.set(slot.timeoutMs, list)
    }
    slot.list = list
    slot.previous = list.last
    slot.next = undefined
    if (list.last) list.last.next = slot
    else list.first = slot
    list.last = slot
    // The connection keeps the thread alive while there is something to wait for; the timer must not after that.
    list.timer ??= setTimeout(this.#expire, slot.timeoutMs, list).unref()
  }

  #remove(slot: Slot<Context>): void {
    const list = slot.list!
    if (slot.previous) slot.previous.next = slot.next
    else list.first = slot.next
    if (slot.next) slot.next.previous = slot.previous
    else list.last = slot.previous
    slot.list = undefined
  }

  // One timer a list, set for its oldest when the previous one fires: never one a message.
  readonly #expire = (list: DeadlineList<Context>): void => {
    list.timer = undefined
    const now = this.#now()
    while (list.first && list.first.deadline <= now) this.#giveUp(list.first, 'timeout')
    if (list.first) list.timer = setTimeout(this.#expire, Math.max(1, list.first.deadline - now), list).unref()
  }
}

export interface AckHandlers<Context> {
  readonly settled: (context: Context, outcome: AckOutcome) => void
  /** An ack came for a publish that had already been given up. */
  readonly late: (context: Context, outcome: AckOutcome) => void
  readonly now: () => number
}

/**
 * What a reply to a JetStream publish says. Empty with status 503: no stream listens, nothing is stored. Otherwise JSON,
 * `{"stream":"S","seq":1}` with `"duplicate":true` when the message id was known, or `{"error":{…}}` (ADR-22).
 */
export function readAck(message: Msg): AckOutcome {
  if (message.data.length === 0) {
    const code = message.headers?.code
    return code === 503
      ? { outcome: 'failed', reason: 'no responders' }
      : { outcome: 'indeterminate', reason: `empty reply${code ? ` with status ${code}` : ''}` }
  }
  let ack: { stream?: unknown; seq?: unknown; duplicate?: unknown; error?: { code?: number; description?: string } }
  try {
    ack = JSON.parse(
      Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength).toString('utf8'),
    )
  } catch {
    return { outcome: 'indeterminate', reason: 'reply is not a JetStream ack' }
  }
  if (ack.error) return { outcome: 'failed', reason: ack.error.description ?? `API error ${ack.error.code}` }
  if (typeof ack.stream !== 'string' || typeof ack.seq !== 'number') {
    return { outcome: 'indeterminate', reason: 'reply is not a JetStream ack' }
  }
  return { outcome: 'acked', stream: ack.stream, seq: ack.seq, duplicate: ack.duplicate === true }
}
