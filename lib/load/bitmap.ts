/** A growing set of small whole numbers at one bit each. */
export class Bitmap {
  #words = new Uint32Array(1_024)

  /** Adds a number; false when it was there already. */
  add(number: number): boolean {
    const word = number >>> 5
    if (word >= this.#words.length) this.#grow(word)
    const bit = 1 << (number & 31)
    const before = this.#words[word]!
    this.#words[word] = before | bit
    return (before & bit) === 0
  }

  has(number: number): boolean {
    return ((this.#words[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0
  }

  get bytes(): number {
    return this.#words.byteLength
  }

  #grow(word: number): void {
    const larger = new Uint32Array(Math.max(this.#words.length * 2, word + 1))
    larger.set(this.#words)
    this.#words = larger
  }
}
