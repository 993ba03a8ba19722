/**
 * A stream of uniform numbers in [0, 1) that is fixed by the seed and the keys: the same run meets the same faults.
 * FNV-1a over the keys, murmur3's finalizer, then mulberry32.
 */
export function seeded(seed: number, ...keys: readonly (string | number)[]): () => number {
  let state = hash(JSON.stringify([seed, ...keys]))
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
