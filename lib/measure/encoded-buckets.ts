import { inflateSync } from 'node:zlib'

const headerBytes = 40
/** What every compressed V2 encoding begins with, but for the bits that HdrHistogram's readers leave out. */
const compressedCookie = 0x1c849304
const wordSizeBits = 0xf0
/** Of three significant digits: the first 2 048 values have a bucket each, then each doubling of the value has 1 024. */
const halfBits = 10
const half = 1 << halfBits

/**
 * Every bucket of an encoded histogram that has samples, lowest first: its highest value, and how many samples it has. Reads
 * HdrHistogram's V2 encoding as it comes and never makes a histogram of it, nor anything else: for thousands of them.
 * For histograms as this folder makes them only: lowest value 1, three digits.
 */
export function eachBucket(base64: string, take: (value: number, count: number) => void): void {
  // Ahead of the deflated part are its cookie and its length.
  const bytes = inflateSync(Buffer.from(base64, 'base64').subarray(8))
  let index = 0
  for (let position = headerBytes; position < bytes.length; ) {
    const [number, next] = zigZag(bytes, position)
    position = next
    // A negative number is so many empty buckets.
    if (number < 0) index -= number
    else {
      if (number > 0) take(topOf(index), number)
      index += 1
    }
  }
}

/** The same as a list. */
export function encodedBuckets(base64: string): { readonly value: number; readonly count: number }[] {
  const buckets: { value: number; count: number }[] = []
  eachBucket(base64, (value, count) => buckets.push({ value, count }))
  return buckets
}

/** Is it a histogram that can be read back? Of one that was damaged the compressed part no longer fits its checksum. */
export function isEncodedHistogram(base64: string): boolean {
  try {
    const bytes = Buffer.from(base64, 'base64')
    inflateSync(bytes.subarray(8))
    return (bytes.readUInt32BE(0) & ~wordSizeBits) === compressedCookie
  } catch {
    return false
  }
}

/** ZigZag LEB128. Multiplies where a shift would end at 32 bits. */
function zigZag(bytes: Uint8Array, start: number): [number: number, next: number] {
  let value = 0
  let factor = 1
  for (let position = start; ; position += 1) {
    const byte = bytes[position]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return [value % 2 === 0 ? value / 2 : -(value + 1) / 2, position + 1]
    factor *= 128
  }
}

function topOf(index: number): number {
  const doubling = Math.max(0, (index >> halfBits) - 1)
  const first = index < half ? index : (index & (half - 1)) + half
  return (first + 1) * 2 ** doubling - 1
}
