import { stageBufferBytes } from '../limits.ts'
import { type Held, HoldingStage, takeAll, takeFront } from './holding.ts'
import type { Kind } from './kind.ts'

/** Bytes, bytes, and microseconds after each slice. */
export type SlicerAttributes = {
  readonly average_size: number
  readonly size_variation: number
  readonly delay: number
}

class SlicerStage extends HoldingStage<SlicerAttributes> {
  protected override readonly capacity = stageBufferBytes
  #free = 0
  /** Lengths that the head still has to be cut into, the next one last. */
  #cuts: number[] = []
  #cutting: Held | undefined

  protected override due(head: Held): number {
    return this.retired ? 0 : Math.max(this.#free, head.time)
  }

  protected override take(head: Held, due: number): Buffer {
    if (this.retired) return takeAll(head)
    this.#free = due + this.attributes.delay / 1000
    return takeFront(head, this.#nextCut(head))
  }

  override update(attributes: SlicerAttributes): void {
    this.#cutting = undefined
    super.update(attributes)
  }

  /** Toxiproxy's rule: halve, give or take the variation, until a part is near the average. Done only as far as needed. */
  #nextCut(head: Held): number {
    if (this.#cutting !== head) {
      this.#cutting = head
      this.#cuts = [head.chunk.length]
    }
    const { average_size: average, size_variation: variation } = this.attributes
    let length = this.#cuts.pop() ?? head.chunk.length
    while (length - average > variation) {
      const off = variation > 0 ? Math.floor(this.host.random() * variation * 2) - variation : 0
      const left = Math.min(Math.max(Math.floor(length / 2) + off, 1), length - 1)
      this.#cuts.push(length - left)
      length = left
    }
    return length
  }
}

const integers = { min: 0, max: 2 ** 31 - 1 }

export const slicer: Kind<SlicerAttributes> = {
  goName: 'SlicerToxic',
  ranges: { average_size: { min: 1, max: integers.max }, size_variation: integers, delay: integers },
  conflict: ({ average_size, size_variation }) =>
    size_variation < average_size ? undefined : 'size_variation must be less than average_size',
  stage: (attributes, host) => new SlicerStage(attributes, host),
}
