import type { Msg } from 'nats'

/**
 * What a message of Squall says of itself, in 24 bytes: who sent it in which run, its number, and when it should have
 * been sent. It is written into the start of payloads that Squall made, where it costs nothing on the wire, and into a
 * header beside payloads that the script made, which are never altered.
 *
 *     0  u32  magic "SQL1"      12  u32  sequence, from 0
 *     4  u32  run id            16  f64  intended start, monotonic ms
 *     8  u32  publisher
 */
export interface Stamp {
  runId: number
  publisher: number
  sequence: number
  /** Monotonic milliseconds (measure/clock.ts), comparable within one host. */
  intended: number
}

export const stampSize = 24
export const stampHeader = 'Squall-Stamp'
const magic = 0x53514c31

export function writeStamp(into: Buffer, { runId, publisher, sequence, intended }: Stamp): void {
  into.writeUInt32BE(magic, 0)
  into.writeUInt32BE(runId, 4)
  into.writeUInt32BE(publisher, 8)
  into.writeUInt32BE(sequence, 12)
  into.writeDoubleBE(intended, 16)
}

export function stampText(stamp: Stamp): string {
  const bytes = Buffer.allocUnsafe(stampSize)
  writeStamp(bytes, stamp)
  return bytes.toString('hex')
}

/** Reads a message's stamp into `stamp`; false when it carries none, or one of another run. */
export function readStamp(message: Pick<Msg, 'data' | 'headers'>, runId: number, stamp: Stamp): boolean {
  const { data } = message
  if (data.length >= stampSize && read(data, runId, stamp)) return true
  const text = message.headers?.get(stampHeader)
  return text !== undefined && text.length === 2 * stampSize && read(Buffer.from(text, 'hex'), runId, stamp)
}

function read(data: Uint8Array, runId: number, stamp: Stamp): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (view.byteLength < stampSize || view.getUint32(0) !== magic || view.getUint32(4) !== runId) return false
  stamp.runId = runId
  stamp.publisher = view.getUint32(8)
  stamp.sequence = view.getUint32(12)
  stamp.intended = view.getFloat64(16)
  return true
}
