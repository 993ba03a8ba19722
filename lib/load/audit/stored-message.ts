import type { SizedState } from './eviction.ts'
import type { Source } from './source-header.ts'

/** A message as it stands in a stream. */
export interface StoredMessage {
  readonly streamSequence: number
  /** By the server's clock, ms. */
  readonly storedAt: number
  /** Its stamp, if it is one of this run. */
  readonly stamp: { readonly publisher: number; readonly sequence: number } | undefined
  readonly messageId: string | undefined
  /** Undefined where it is not known what servers make of the subjects that are published to. */
  readonly subject?: string | undefined
  /** Of a copy with sources: where the server says that it comes from. */
  readonly source?: Source | undefined
}

/** How far the reading of a stream got. */
export interface Reading {
  readonly outcome: 'finished' | 'unfinished' | 'missing'
  /** The last stream sequence of which it is known what stands there. */
  readonly reached: number
  readonly state: SizedState | undefined
  /** When it ended, monotonic ms. */
  readonly at: number
}
