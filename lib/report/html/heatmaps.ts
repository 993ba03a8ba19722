import { eachBucket, mergedInTwos, recordedScale } from '../../measure/index.ts'
import { type IntervalHistogram, intervalHistograms } from '../interval-histograms.ts'
import type { Report } from '../schema.ts'
import { headlines } from '../tables/latency.ts'
import type { Heatmap } from './chart-data.ts'
import { seconds } from './round.ts'

const mostColumns = 150
/** Of one heatmap, up to 8 bytes each: wide distributions have fewer columns, since a page has 1 MB at most. */
const mostCells = 9_000
const rowsPerDecade = 10
/** What is faster is shown as this; zero has no logarithm. */
const leastMs = 1e-3

/** Latency over time for each headline whose intervals kept their histograms. */
export function heatmaps(report: Report): Heatmap[] {
  return headlines.flatMap(({ metric, title }) => {
    const histograms = intervalHistograms(report.timeline, metric)
    return histograms.some(({ encoded }) => encoded !== null) ? [heatmap(metric, title, histograms)] : []
  })
}

function heatmap(metric: string, title: string, histograms: readonly IntervalHistogram[]): Heatmap {
  const perColumn = Math.ceil(histograms.length / mostColumns)
  let columns: Column[] = []
  for (let start = 0; start < histograms.length; start += perColumn) {
    const counts = countsByRow(histograms.slice(start, start + perColumn))
    columns.push({ from: histograms[start]!.from, counts })
  }
  const rows = columns.flatMap(({ counts }) => [...counts.keys()])
  const lowest = rows.reduce((least, row) => Math.min(least, row), Number.POSITIVE_INFINITY)
  const highest = rows.reduce((most, row) => Math.max(most, row), Number.NEGATIVE_INFINITY)
  const length = highest - lowest + 1
  while (columns.length * length > mostCells) columns = mergedInTwos(columns, mergeColumns)
  return {
    id: metric,
    title: `${title} over time`,
    at: [...columns.map(({ from }) => from), histograms.at(-1)!.to].map(seconds),
    edges: Array.from({ length: length + 1 }, (_, index) => edgeOf(lowest + index)),
    counts: columns.map(({ counts }) => Array.from({ length }, (_, index) => counts.get(lowest + index) ?? 0)),
  }
}

interface Column {
  /** Milliseconds from the start of the load. */
  readonly from: number
  /** Samples by row; a row's number is the logarithm of its lower edge in milliseconds, `rowsPerDecade` to a decade. */
  readonly counts: ReadonlyMap<number, number>
}

function mergeColumns(first: Column, second: Column): Column {
  const counts = new Map(first.counts)
  for (const [row, count] of second.counts) counts.set(row, (counts.get(row) ?? 0) + count)
  return { from: first.from, counts }
}

/** Milliseconds, with more digits than are shown: what is rounded twice may be off by one in the last of them. */
function edgeOf(row: number): number {
  return Number((10 ** (row / rowsPerDecade)).toPrecision(6))
}

const lowestRow = Math.round(Math.log10(leastMs) * rowsPerDecade)
/** Above all that a histogram can hold. */
const rowCount = 10 * rowsPerDecade

/** A bucket that an edge cuts counts where its top is. */
function countsByRow(histograms: readonly IntervalHistogram[]): Column['counts'] {
  const scale = recordedScale('time', 'trend')
  const upperEdges = Array.from({ length: rowCount }, (_, row) => scale * 10 ** ((lowestRow + row + 1) / rowsPerDecade))
  const counts = Array<number>(rowCount).fill(0)
  for (const { encoded } of histograms) {
    if (encoded === null) continue
    // Buckets rise, and so do rows: a logarithm for each of millions would be most of what a page takes to make.
    let row = 0
    eachBucket(encoded, (value, count) => {
      while (value >= upperEdges[row]!) row += 1
      counts[row]! += count
    })
  }
  return new Map(counts.flatMap((count, row) => (count > 0 ? [[lowestRow + row, count] as const] : [])))
}
