import { eachBucket, recordedScale } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import { headlines } from '../tables/latency.ts'
import type { Heatmap } from './chart-data.ts'
import { rounded, seconds } from './round.ts'

const mostColumns = 150
const rowsPerDecade = 10
/** What is faster is shown as this; zero has no logarithm. */
const leastMs = 1e-3

/** Latency over time for each headline whose intervals kept their histograms. */
export function heatmaps(report: Report): Heatmap[] {
  return headlines.flatMap(({ metric, title }) => {
    const { histograms } = report.timeline.trends[metric] ?? {}
    return histograms?.some((histogram) => histogram !== null) ? [heatmap(report, metric, title, histograms)] : []
  })
}

function heatmap(
  { timeline: { at, intervalMs } }: Report,
  metric: string,
  title: string,
  histograms: readonly (string | null)[],
): Heatmap {
  const perColumn = Math.ceil(histograms.length / mostColumns)
  const columns: Column[] = []
  const edges: number[] = []
  for (let start = 0; start < histograms.length; start += perColumn) {
    edges.push(at[start]!)
    columns.push(countsByRow(histograms.slice(start, start + perColumn)))
  }
  edges.push(at.at(-1)! + intervalMs)
  const rows = columns.flatMap((column) => [...column.keys()])
  const lowest = rows.reduce((least, row) => Math.min(least, row), Number.POSITIVE_INFINITY)
  const highest = rows.reduce((most, row) => Math.max(most, row), Number.NEGATIVE_INFINITY)
  const length = highest - lowest + 1
  return {
    id: metric,
    title: `${title} over time`,
    at: edges.map(seconds),
    edges: Array.from({ length: length + 1 }, (_, index) => rounded(10 ** ((lowest + index) / rowsPerDecade))!),
    counts: columns.map((column) => Array.from({ length }, (_, index) => column.get(lowest + index) ?? 0)),
  }
}

/** Samples by row; a row's number is the logarithm of its lower edge in milliseconds, `rowsPerDecade` to a decade. */
type Column = ReadonlyMap<number, number>

const lowestRow = Math.round(Math.log10(leastMs) * rowsPerDecade)
/** Above all that a histogram can hold. */
const rowCount = 10 * rowsPerDecade

/** A bucket that an edge cuts counts where its top is. */
function countsByRow(encoded: readonly (string | null)[]): Column {
  const scale = recordedScale('time', 'trend')
  const upperEdges = Array.from({ length: rowCount }, (_, row) => scale * 10 ** ((lowestRow + row + 1) / rowsPerDecade))
  const counts = Array<number>(rowCount).fill(0)
  for (const one of encoded) {
    if (one === null) continue
    // Buckets rise, and so do rows: a logarithm for each of millions would be most of what a page takes to make.
    let row = 0
    eachBucket(one, (value, count) => {
      while (value >= upperEdges[row]!) row += 1
      counts[row]! += count
    })
  }
  return new Map(counts.flatMap((count, row) => (count > 0 ? [[lowestRow + row, count] as const] : [])))
}
