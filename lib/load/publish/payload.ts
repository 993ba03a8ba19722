import { randomFrom } from '../../measure/index.ts'

const poolSize = 1 << 20

/**
 * Payloads of any size, cut from one seeded random pool: incompressible like real data, the same for the same seed and
 * number, and one copy to make instead of a generator to run.
 */
export class PayloadSource {
  readonly #pool: Buffer

  constructor(seed: number) {
    const random = randomFrom(seed)
    const words = new Uint32Array(poolSize / 4)
    for (let index = 0; index < words.length; index += 1) words[index] = random() * 2 ** 32
    this.#pool = Buffer.from(words.buffer)
  }

  /** A fresh buffer: nats.js keeps a reference until it flushes, so it must not be used again. */
  make(size: number, number: number): Buffer {
    const payload = Buffer.allocUnsafe(size)
    // A prime step visits offsets all over the pool before it repeats one.
    let offset = (number * 7_919) % poolSize
    let filled = 0
    while (filled < size) {
      const copied = this.#pool.copy(payload, filled, offset, Math.min(poolSize, offset + size - filled))
      filled += copied
      offset = 0
    }
    return payload
  }
}
