import type { StreamPlan } from '../assets/assets.ts'
import { hopsOf } from '../assets/hops.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type CutOff, type HopMessage, PathAudit } from './path-audit.ts'
import type { Reading, StoredMessage } from './stored-message.ts'

export interface CopyAuditParts {
  /** Its name. */
  readonly copy: string
  /** All of the plan. */
  readonly streams: readonly StreamPlan[]
  readonly ledger: Ledger
  /** The last sequences of streams before the load. */
  readonly starts: ReadonlyMap<string, number>
  /** Start of the load, monotonic ms. */
  readonly origin: number
}

/** Sorts what a copy holds by where it came from. */
export class CopyAudit {
  readonly paths: readonly PathAudit[]
  readonly #ledger: Ledger
  readonly #after: number
  readonly #byOrigin: ReadonlyMap<string, PathAudit>
  readonly #isMirror: boolean
  // Reused: read and done with before the next message.
  readonly #message: { -readonly [Key in keyof HopMessage]: HopMessage[Key] } = {
    originSequence: 0,
    sequence: undefined,
  }
  #last = 0

  constructor({ copy, streams, ledger, starts, origin }: CopyAuditParts) {
    const hops = hopsOf(streams).filter((hop) => hop.copy === copy)
    this.#ledger = ledger
    this.paths = hops.map(
      (hop) =>
        new PathAudit(hop, ledger, {
          plan: streams.find(({ name }) => name === hop.origin.stream)!,
          after: starts.get(hop.origin.stream) ?? 0,
          start: origin,
        }),
    )
    this.#byOrigin = new Map(this.paths.map((path) => [path.hop.origin.stream, path]))
    this.#isMirror = hops[0]!.kind === 'mirror'
    this.#after = starts.get(copy) ?? 0
  }

  /** Takes note of the next message, in the order of the copy. */
  observe({ streamSequence, stamp, source }: StoredMessage): void {
    this.#last = streamSequence
    const message = this.#message
    message.sequence = stamp && this.#ledger.has(stamp) ? stamp.sequence : undefined
    if (this.#isMirror) {
      message.originSequence = streamSequence
      this.paths[0]!.copied(message, streamSequence)
      return
    }
    const path = source && this.#byOrigin.get(source.stream)
    if (path) {
      message.originSequence = source.sequence
      path.copied(message, streamSequence)
      // Of nobody's way, so told with the first one.
    } else if (streamSequence > this.#after) this.paths[0]!.strayed(message.sequence, streamSequence)
  }

  close(reading: Reading): void {
    const end = reading.state?.lastSequence ?? 0
    // What was stored after the last that is left is gone; of a mirror its own sequences tell which that was.
    const left =
      this.#isMirror || reading.outcome !== 'finished' ? 0 : Math.max(0, end - Math.max(this.#last, this.#after))
    const cutOff: CutOff = { left }
    for (const path of this.paths) path.closeCopy(reading, cutOff)
  }

  get bytes(): number {
    return this.paths.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Are messages still on their way to it, as far as is known? */
  get isBehind(): boolean {
    return this.paths.some(({ isBehind }) => isBehind)
  }

  /** Of all the ways together: 32 bits, as of a bitmap of what the copy holds. */
  word(index: number): number {
    let bits = 0
    for (const { read } of this.paths) bits |= read.word(index)
    return bits
  }
}
