import { mergePairs } from './histogram.ts'

/**
 * `[value, count, …]` pairs in the few bytes that they need: each value as the step from the one before, both as LEB128
 * (https://en.wikipedia.org/wiki/LEB128). A run keeps those of every second of it.
 */
export type PackedPairs = Uint8Array

// Reused: a second of a busy trend has some thousand values.
let scratch = new Uint8Array(4_096)

/** Several lists as one. */
export function packPairs(...lists: readonly Uint32Array[]): PackedPairs {
  const sorted = mergePairs(lists)
  // A 32-bit number takes at most five bytes.
  if (scratch.length < sorted.length * 5) scratch = new Uint8Array(sorted.length * 5)
  let length = 0
  let last = 0
  const write = (number: number) => {
    let rest = number
    while (rest >= 0x80) {
      scratch[length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    scratch[length++] = rest
  }
  for (let position = 0; position < sorted.length; position += 2) {
    write(sorted[position]! - last)
    write(sorted[position + 1]!)
    last = sorted[position]!
  }
  return scratch.slice(0, length)
}

/** Sorted by value, each value once. */
export function unpackPairs(packed: PackedPairs): Uint32Array {
  const pairs: number[] = []
  let position = 0
  let last = 0
  const read = () => {
    let number = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = packed[position++]!
      number += (byte & 0x7f) * scale
      if (byte < 0x80) return number
    }
  }
  while (position < packed.length) {
    last += read()
    pairs.push(last, read())
  }
  return Uint32Array.from(pairs)
}
