const chunkBits = 2 ** 16
const chunkWords = chunkBits / 32
const withinChunk = chunkBits - 1

/**
 * A growing set of whole numbers at one bit each. It grows by chunks of 8 KiB, which are made when a number first falls
 * into them: growing never copies, and where no number is there is no memory.
 */
export class Bitmap {
  readonly #chunks: (Uint32Array | undefined)[] = []
  #size = 0

  /** How many numbers it holds. */
  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.byteLength ?? 0), 0)
  }

  /** One more than the index of the last word that may hold anything. */
  get words(): number {
    return this.#chunks.length * chunkWords
  }

  /** Adds a number; false when it was there already. */
  add(number: number): boolean {
    const index = Math.floor(number / chunkBits)
    let chunk = this.#chunks[index]
    if (!chunk) {
      chunk = new Uint32Array(chunkWords)
      this.#chunks[index] = chunk
    }
    const word = (number & withinChunk) >>> 5
    const bit = 1 << (number & 31)
    const before = chunk[word]!
    if ((before & bit) !== 0) return false
    chunk[word] = before | bit
    this.#size += 1
    return true
  }

  delete(number: number): void {
    if (!this.has(number)) return
    this.#chunks[Math.floor(number / chunkBits)]![(number & withinChunk) >>> 5]! &= ~(1 << (number & 31))
    this.#size -= 1
  }

  has(number: number): boolean {
    const chunk = this.#chunks[Math.floor(number / chunkBits)]
    return chunk !== undefined && (chunk[(number & withinChunk) >>> 5]! & (1 << (number & 31))) !== 0
  }

  /** Numbers 32 × index to 32 × index + 31, lowest bit first. */
  word(index: number): number {
    return this.#chunks[Math.floor(index / chunkWords)]?.[index % chunkWords] ?? 0
  }
}

/**
 * Calls `each` for the numbers of a combination of sets, in rising order. `combine` is given a word's index and answers
 * with its bits: `(word) => a.word(word) & ~b.word(word)` is what is in `a` and not in `b`.
 */
export function forEachBit(words: number, combine: (word: number) => number, each: (number: number) => void): void {
  for (let word = 0; word < words; word += 1) {
    let bits = combine(word)
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits)
      each(word * 32 + bit)
      bits &= bits - 1
    }
  }
}

/** How many numbers a combination of sets has. */
export function countBits(words: number, combine: (word: number) => number): number {
  let count = 0
  for (let word = 0; word < words; word += 1) {
    const bits = combine(word)
    if (bits !== 0) count += ones(bits)
  }
  return count
}

/** Set bits of a 32-bit word, by adding ever wider fields. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
