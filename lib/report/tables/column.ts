/** What a cell says by its colour too; its words say it first, so an output without colours loses nothing. */
export type Tone = 'good' | 'caution' | 'bad' | 'fault' | 'dim'

/** A column of a table that every output shows in its own way. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly tone?: (row: Row) => Tone | undefined
  /** Names are at the left, numbers at the right. */
  readonly align: 'left' | 'right'
  /** Where there is no room for all, the column with the smallest leaves first; one without stays. */
  readonly worth?: number
  /** Is cut short when everything that may leave has left, and it is still too wide. */
  readonly shrinks?: boolean
  /** Goes on below where it would be cut short: its end is what tells rows apart. */
  readonly wraps?: boolean
}
