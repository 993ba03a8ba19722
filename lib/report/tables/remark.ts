import type { Tone } from './column.ts'

/** A sentence that stands beside a table, in every output; its mark says what its tone does. */
export interface Remark {
  readonly mark: '✗' | '!' | '?' | '·'
  readonly tone: Tone
  /** Whole, without the mark. */
  readonly text: string
}
