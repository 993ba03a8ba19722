const chunkSize = 2 ** 16
const lowBits = 2 ** 16 - 1
const blockSize = 2 ** 10
/** How far below and above its block's base a stream sequence may lie to be told from 16 bits. */
const below = 2 ** 14
const above = 2 ** 16 - below

/**
 * The low 16 bits of the stream sequence that each message was acked with, for all streams: two bytes a message, in
 * chunks that are never copied.
 */
export class LowBits {
  readonly #chunks: (Uint16Array | undefined)[] = []

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.byteLength ?? 0), 0)
  }

  set(sequence: number, value: number): void {
    const index = Math.floor(sequence / chunkSize)
    let chunk = this.#chunks[index]
    if (!chunk) {
      chunk = new Uint16Array(chunkSize)
      this.#chunks[index] = chunk
    }
    chunk[sequence & lowBits] = value
  }

  get(sequence: number): number {
    return this.#chunks[Math.floor(sequence / chunkSize)]?.[sequence & lowBits] ?? 0
  }
}

/**
 * The stream sequences that one stream's acks named, exactly. Acks of neighbouring messages name neighbouring
 * sequences, so 16 bits and one base for 1 024 messages tell them; the rare one that lies far off is kept in full.
 */
export class AckSequences {
  readonly #low: LowBits
  readonly #bases: number[] = []
  readonly #far = new Map<number, number>()

  constructor(low: LowBits) {
    this.#low = low
  }

  get bytes(): number {
    return this.#bases.length * 8 + this.#far.size * 64
  }

  set(sequence: number, streamSequence: number): void {
    const block = Math.floor(sequence / blockSize)
    while (this.#bases.length <= block) this.#bases.push(0)
    const base = this.#bases[block]!
    // Stream sequences begin at 1: 0 is a block without a base.
    if (base === 0) this.#bases[block] = streamSequence
    else if (streamSequence < base - below || streamSequence >= base + above) this.#far.set(sequence, streamSequence)
    this.#low.set(sequence, streamSequence & lowBits)
  }

  /** Of a message that was acked by this stream. */
  get(sequence: number): number {
    const far = this.#far.size > 0 ? this.#far.get(sequence) : undefined
    if (far !== undefined) return far
    const base = this.#bases[Math.floor(sequence / blockSize)] ?? 0
    const distance = (this.#low.get(sequence) - base) & lowBits
    return base + (distance >= above ? distance - chunkSize : distance)
  }
}
