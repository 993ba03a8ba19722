import { addPairs, encodeHistogram, newHistogram } from './histogram.ts'
import { type PackedPairs, unpackPairs } from './packed-pairs.ts'

/**
 * Bytes that the histograms of all intervals may take in a report. It is to have 20 MB at most, and all else of a run as long
 * and as full as any takes 5 MB (test/report/full-length.ts): 3 MB are left for more nodes, metrics and tags.
 */
export const histogramBudget = 12e6

/** By trend, oldest first; undefined where there was no sample. All as long. */
export type PackedColumns = Readonly<Record<string, readonly (PackedPairs | undefined)[]>>

export interface EncodedColumns {
  /** How many neighbouring intervals a histogram stands for: a power of two. */
  readonly merged: number
  /** By trend, oldest first; null where there was no sample. */
  readonly columns: Readonly<Record<string, readonly (string | null)[]>>
}

/**
 * A histogram for each interval where all of them fit into `budget` bytes, else for each two, four, … neighbours, as many as
 * it takes: what they cost does not depend on how wide the distributions are. One alone has 150 kB at most, and is kept
 * whatever the budget.
 */
export function encodeIntervals(packed: PackedColumns, budget: number = histogramBudget): EncodedColumns {
  const length = Math.max(0, ...Object.values(packed).map((column) => column.length))
  for (let merged = 1; ; merged *= 2) {
    const columns = encodeWithin(packed, merged, merged < length ? budget : Number.POSITIVE_INFINITY)
    if (columns) return { merged, columns }
  }
}

/** Undefined as soon as it is too much: the rest need not be encoded to know. */
function encodeWithin(packed: PackedColumns, merged: number, budget: number): EncodedColumns['columns'] | undefined {
  const columns: Record<string, (string | null)[]> = {}
  let bytes = 0
  for (const [name, cells] of Object.entries(packed)) {
    const column: (string | null)[] = []
    for (let start = 0; start < cells.length; start += merged) {
      const encoded = encodeTogether(cells.slice(start, start + merged))
      // As JSON has it, with the comma.
      bytes += JSON.stringify(encoded).length + 1
      if (bytes > budget) return undefined
      column.push(encoded)
    }
    columns[name] = column
  }
  return columns
}

function encodeTogether(cells: readonly (PackedPairs | undefined)[]): string | null {
  const known = cells.filter((cell) => cell !== undefined)
  if (known.length === 0) return null
  const histogram = newHistogram()
  for (const cell of known) addPairs(histogram, unpackPairs(cell))
  return encodeHistogram(histogram)
}
