import { latencyBufferBytes } from '../limits.ts'
import { type Held, HoldingStage, takeAll } from './holding.ts'
import { type Kind, maxMilliseconds } from './kind.ts'

/** Milliseconds. Each chunk waits `latency` plus a uniform value from `-jitter` to `jitter`, at least 0. */
export type LatencyAttributes = { readonly latency: number; readonly jitter: number }

/**
 * The due time is fixed when a chunk arrives: a patched toxic only changes chunks that come later, and a removed one
 * drains in order, each chunk at the time it already had.
 */
class LatencyStage extends HoldingStage<LatencyAttributes> {
  protected override readonly capacity = latencyBufferBytes
  #lastDue = 0

  protected override stamp(at: number): number {
    this.#lastDue = Math.max(this.#lastDue, at + (this.retired ? 0 : this.#delay()))
    return this.#lastDue
  }

  protected override due(head: Held): number {
    return head.time
  }

  protected override take(head: Held): Buffer {
    return takeAll(head)
  }

  #delay(): number {
    const { latency, jitter } = this.attributes
    return jitter > 0 ? Math.max(0, latency + (this.host.random() * 2 - 1) * jitter) : latency
  }
}

const milliseconds = { min: 0, max: maxMilliseconds }

export const latency: Kind<LatencyAttributes> = {
  goName: 'LatencyToxic',
  ranges: { latency: milliseconds, jitter: milliseconds },
  stage: (attributes, host) => new LatencyStage(attributes, host),
}
