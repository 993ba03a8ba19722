import { type MsgHdrs, headers as newHeaders } from 'nats'
import { sizeForms, toBytes } from '../../measure/index.ts'
import type { Message } from '../iteration.ts'
import type { PayloadSource } from './payload.ts'
import { type Stamp, stampHeader, stampSize, stampText, writeStamp } from './stamp.ts'

const defaultSize = 128

/** Makes the bytes and headers of what a script publishes, stamped so that the ledger knows it again. */
export class MessageWriter {
  readonly #payloads: PayloadSource
  // Reused: every field is written before each use, and nobody keeps it.
  readonly #stamp: Stamp
  /** Of the message written last, if it has any. */
  headers: MsgHdrs | undefined

  constructor(payloads: PayloadSource, runId: number, publisher: number) {
    this.#payloads = payloads
    this.#stamp = { runId, publisher, sequence: 0, intended: 0 }
  }

  /** The bytes of a message of the ledger; leaves its headers in `headers`. */
  write(message: Message | undefined, size: number, sequence: number, intended: number): Uint8Array {
    this.#stamp.sequence = sequence
    this.#stamp.intended = intended
    const inPayload = message?.payload === undefined && size >= stampSize
    const msgId = message?.msgId ?? (message?.retry && this.#ownId(sequence))
    this.headers = messageHeaders(message, msgId, inPayload ? undefined : stampText(this.#stamp))
    const body = this.#payload(message, size, sequence)
    if (inPayload) writeStamp(body as Buffer, this.#stamp)
    return body
  }

  /** The bytes of a message that nobody keeps account of. */
  writePlain(message: Message | undefined, size: number): Uint8Array {
    this.headers = messageHeaders(message, undefined, undefined)
    return this.#payload(message, size, 0)
  }

  #payload(message: Message | undefined, size: number, number: number): Uint8Array {
    const payload = message?.payload
    if (payload === undefined) return this.#payloads.make(size, number)
    return typeof payload === 'string' ? Buffer.from(payload) : payload
  }

  /** A message id that no other message of any run has. */
  #ownId(sequence: number): string {
    const { runId, publisher } = this.#stamp
    return `${runId}-${publisher}-${sequence}`
  }
}

/** Bytes. Throws a TypeError for a size that is none. */
export function payloadSize(message: Message | undefined): number {
  const payload = message?.payload
  if (payload !== undefined) return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  if (message?.size === undefined) return defaultSize
  const size = toBytes(message.size)
  if (size === undefined)
    throw new TypeError(`message size is ${JSON.stringify(message.size)}; it must be ${sizeForms}`)
  return size
}

function messageHeaders(
  message: Message | undefined,
  msgId: string | undefined,
  stamp: string | undefined,
): MsgHdrs | undefined {
  if (stamp === undefined && !message?.headers && msgId === undefined) return undefined
  const headers = newHeaders()
  for (const [name, value] of Object.entries(message?.headers ?? {})) headers.set(name, value)
  if (msgId !== undefined) headers.set('Nats-Msg-Id', msgId)
  if (stamp !== undefined) headers.set(stampHeader, stamp)
  return headers
}
