import { stageBufferBytes } from '../limits.ts'
import { type Held, HoldingStage, takeFront } from './holding.ts'
import type { Kind } from './kind.ts'

/** KB/s, with 1 KB = 1000 bytes: so `rate` is bytes per millisecond too. 0 stalls, with back-pressure. */
export type BandwidthAttributes = { readonly rate: number }

/** Data leaves in pieces of this many milliseconds' worth, but of at least `minPiece` bytes. */
const pieceMilliseconds = 5
const minPiece = 1024

class BandwidthStage extends HoldingStage<BandwidthAttributes> {
  protected override readonly capacity = stageBufferBytes
  /** When the last byte sent was through. Late timers do not move it, so they cost no throughput. */
  #free = 0

  protected override due(head: Held): number {
    if (this.retired) return 0
    const { rate } = this.attributes
    if (rate === 0) return Number.POSITIVE_INFINITY
    return Math.max(this.#free, head.time) + this.#piece(head) / rate
  }

  protected override take(head: Held, due: number): Buffer {
    this.#free = due
    return takeFront(head, this.#piece(head))
  }

  override update(attributes: BandwidthAttributes): void {
    // Time spent stalled or at the old rate is not made up for at the new one.
    this.#free = Math.max(this.#free, performance.now())
    super.update(attributes)
  }

  #piece(head: Held): number {
    const { length } = head.chunk
    return this.retired ? length : Math.min(length, Math.max(this.attributes.rate * pieceMilliseconds, minPiece))
  }
}

export const bandwidth: Kind<BandwidthAttributes> = {
  goName: 'BandwidthToxic',
  ranges: { rate: { min: 0, max: 2 ** 31 - 1 } },
  stage: (attributes, host) => new BandwidthStage(attributes, host),
}
