import { encodedBuckets, formatDuration } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact } from '../../../lib/report/numbers.ts'
import { percentage } from './panels.ts'
import type { Row, Tables } from './tables.ts'

const titles = {
  publish_latency: 'Publish latency',
  request_latency: 'Request latency',
  http_latency: 'HTTP latency',
  e2e_latency: 'End-to-end latency',
}

/** What each heatmap shows, as figures: how many samples took how long, ten ranges to a decade, and when most of them did. */
export function heatmapTables({ timeline }: Report): Tables {
  return Object.fromEntries(
    Object.entries(titles).map(([metric, title]) => [
      `${title} over time, by how long they took`,
      rangesOf(timeline.trends[metric]?.histograms ?? [], timeline.histogramMs ?? timeline.intervalMs),
    ]),
  )
}

function rangesOf(histograms: readonly (string | null)[], eachMs: number): Row[] {
  // By range, then by interval.
  const ranges = new Map<number, number[]>()
  for (const [interval, histogram] of histograms.entries()) {
    for (const { value, count } of histogram === null ? [] : encodedBuckets(histogram)) {
      const range = Math.floor(Math.log10(value / 1_000) * 10 + 1e-9)
      const counts = ranges.get(range) ?? Array<number>(histograms.length).fill(0)
      counts[interval]! += count
      ranges.set(range, counts)
    }
  }
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
  const all = sum([...ranges.values()].flat())
  return [...ranges]
    .sort(([a], [b]) => a - b)
    .map(([range, counts]) => ({
      latency: `${formatDuration(10 ** (range / 10))} to ${formatDuration(10 ** ((range + 1) / 10))}`,
      samples: exact(sum(counts)),
      share: percentage(sum(counts) / all),
      'most at': formatDuration(counts.indexOf(Math.max(...counts)) * eachMs),
    }))
}
