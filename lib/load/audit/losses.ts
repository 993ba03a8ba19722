import type { Tags } from '../../measure/index.ts'
import type { StreamPlan } from '../assets/assets.ts'
import { type Bitmap, forEachBit } from '../ledger/bitmap.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { evictingLimit } from './eviction.ts'
import type { Reading } from './stored-message.ts'

/** What the reading of a stream found. */
export interface Found {
  readonly read: Bitmap
  /** Stream sequences at which messages stand in for others with the same id. */
  readonly standIns: Bitmap
  /** The lowest and highest message of the publisher in the stream; ∞ and −1 when there is none. */
  readonly first: number
  readonly last: number
}

export interface Losses {
  lost: number
  lostPrefix: number
  lostMiddle: number
  lostPostfix: number
  evicted: number
  readonly lostByWindow: { readonly tags: Tags; lost: number }[]
  /** Names of the limits that evicted. */
  readonly limits: Set<string>
}

/** Acked messages that a stream no longer holds. Calls `each` for every one that is lost. */
export function findLosses(
  plan: StreamPlan,
  ledger: Ledger,
  { read, standIns, first, last }: Found,
  reading: Reading,
  each: (sequence: number, streamSequence: number) => void,
): Losses {
  const { acked, deduplicated, sequences } = ledger.acksOf(plan.name)
  const windows = new Map<Tags | undefined, { readonly tags: Tags; lost: number }>()
  const losses: Losses = {
    lost: 0,
    lostPrefix: 0,
    lostMiddle: 0,
    lostPostfix: 0,
    evicted: 0,
    lostByWindow: [],
    limits: new Set(),
  }
  const miss = (sequence: number) => {
    const streamSequence = sequences.get(sequence)
    // What lies beyond the point that was reached may be there.
    if (reading.outcome === 'unfinished' && streamSequence > reading.reached) return
    const section = ledger.sections.of(sequence)
    const age = reading.at - (section?.at ?? reading.at)
    const limit = reading.state && evictingLimit(plan, reading.state, streamSequence, age)
    if (limit) {
      losses.evicted += 1
      losses.limits.add(limit)
      return
    }
    losses.lost += 1
    if (sequence < first) losses.lostPrefix += 1
    else if (sequence > last) losses.lostPostfix += 1
    else losses.lostMiddle += 1
    let window = windows.get(section?.tags)
    if (!window) {
      window = { tags: section?.tags ?? {}, lost: 0 }
      windows.set(section?.tags, window)
      losses.lostByWindow.push(window)
    }
    window.lost += 1
    each(sequence, streamSequence)
  }
  forEachBit(acked.words, (word) => acked.word(word) & ~read.word(word), miss)
  forEachBit(
    deduplicated.words,
    (word) => deduplicated.word(word),
    (sequence) => {
      if (!standIns.has(sequences.get(sequence))) miss(sequence)
    },
  )
  return losses
}
