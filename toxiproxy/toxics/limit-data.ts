import type { Kind } from './kind.ts'
import { Stage } from './stage.ts'

/** Bytes that a link lets through before the connection is closed. */
export type LimitDataAttributes = { readonly bytes: number }

class LimitDataStage extends Stage<LimitDataAttributes> {
  #passed = 0
  #reached = false

  override push(chunk: Buffer, at: number): void {
    if (this.#reached) return
    const left = Math.max(0, this.attributes.bytes - this.#passed)
    const piece = left < chunk.length ? chunk.subarray(0, left) : chunk
    this.#passed += piece.length
    if (piece.length > 0) this.next.push(piece, at)
    if (left <= chunk.length) {
      this.#reached = true
      this.next.end('close')
    }
  }
}

export const limitData: Kind<LimitDataAttributes> = {
  goName: 'LimitDataToxic',
  ranges: { bytes: { min: 0, max: Number.MAX_SAFE_INTEGER } },
  stage: (attributes, host) => new LimitDataStage(attributes, host),
}
