import { decodeHistogram, type Histogram, newHistogram, recordedBuckets, recordedScale } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import { headlines } from '../tables/latency.ts'
import type { Heatmap } from './chart-data.ts'
import { rounded, seconds } from './round.ts'

const mostColumns = 150
const rowsPerDecade = 10

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
  const columns: Histogram[] = []
  const edges: number[] = []
  for (let start = 0; start < histograms.length; start += perColumn) {
    edges.push(at[start]!)
    columns.push(sum(histograms.slice(start, start + perColumn)))
  }
  edges.push(at.at(-1)! + intervalMs)
  const scale = recordedScale('time', 'trend')
  const filled = columns.filter(({ totalCount }) => totalCount > 0)
  const bounds = latencyEdges(
    Math.min(...filled.map((one) => one.minNonZeroValue)) / scale,
    Math.max(...filled.map((one) => one.maxValue)) / scale,
  )
  return {
    id: metric,
    title: `${title} over time`,
    at: edges.map(seconds),
    edges: bounds.map((bound) => rounded(bound)!),
    counts: columns.map((column) => countsBetween(column, bounds, scale)),
  }
}

function sum(encoded: readonly (string | null)[]): Histogram {
  const total = newHistogram()
  for (const one of encoded) if (one !== null) total.add(decodeHistogram(one))
  return total
}

/** Edges at equal ratios that enclose both; milliseconds. */
function latencyEdges(min: number, max: number): number[] {
  const step = (value: number) => Math.log10(value) * rowsPerDecade
  const first = Math.floor(step(Math.max(min, 1e-3)))
  const last = Math.max(first + 1, Math.floor(step(Math.max(max, 1e-3))) + 1)
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** ((first + index) / rowsPerDecade))
}

/** Samples between each edge and the next; those of a bucket that an edge cuts count where its top is. */
function countsBetween(histogram: Histogram, edges: readonly number[], scale: number): number[] {
  const rows = new Array<number>(edges.length - 1).fill(0)
  for (const { value, count } of recordedBuckets(histogram)) {
    const above = edges.findIndex((edge) => edge * scale > value)
    rows[above === -1 ? rows.length - 1 : Math.max(0, above - 1)]! += count
  }
  return rows
}
