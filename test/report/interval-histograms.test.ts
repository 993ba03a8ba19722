import test from 'ava'
import { HistogramLogReader } from 'hdr-histogram-js'
import { decodeHistogram, encodedBuckets, encodeIntervals, formatDuration } from '../../lib/measure/index.ts'
import { packPairs } from '../../lib/measure/packed-pairs.ts'
import { heatmaps } from '../../lib/report/html/heatmaps.ts'
import { parseReport, type Report } from '../../lib/report/index.ts'
import { intervalHistograms } from '../../lib/report/interval-histograms.ts'
import { renderHlog } from '../../lib/report/outputs/percentiles.ts'
import { recordedReport } from './recorded.ts'

const metric = 'publish_latency'

/** The same run with its histograms merged, as stored. */
async function merged(report: Report): Promise<Report> {
  const { timeline } = report
  const packed = intervalHistograms(timeline, metric).map(({ encoded }) =>
    encoded === null
      ? undefined
      : packPairs(Uint32Array.from(encodedBuckets(encoded).flatMap(({ value, count }) => [value, count]))),
  )
  const { merged, columns } = encodeIntervals({ [metric]: packed }, 30_000)
  const trends = { [metric]: { ...timeline.trends[metric]!, histograms: columns[metric]! } }
  const stored = { ...report, timeline: { ...timeline, histogramMs: merged * timeline.intervalMs, trends } }
  return parseReport(JSON.stringify(stored), 'merged')
}

const samplesIn = (report: Report) =>
  intervalHistograms(report.timeline, metric).reduce(
    (sum, { encoded }) => sum + (encoded === null ? 0 : decodeHistogram(encoded).totalCount),
    0,
  )

test('merged histograms cover the timeline to its end, and have its samples', async (t) => {
  const before = await recordedReport()
  const report = await merged(before)
  const { at, intervalMs, histogramMs } = report.timeline
  t.true(histogramMs! > intervalMs)
  const spans = intervalHistograms(report.timeline, metric)
  t.deepEqual(
    spans.map(({ from }) => from),
    at.filter((time) => time % histogramMs! === 0),
  )
  for (const [index, { to }] of spans.entries()) t.is(to, spans[index + 1]?.from ?? at.length * intervalMs)
  t.is(samplesIn(report), samplesIn(before))
  t.deepEqual(intervalHistograms(report.timeline, 'e2e_latency'), [])
})

test('an interval log and a heatmap of merged histograms have the right widths, and say them', async (t) => {
  const before = await recordedReport()
  const report = await merged(before)
  const log = renderHlog(report)
  const each = formatDuration(report.timeline.histogramMs!)
  t.true(log.includes(`\n#intervals merged so that the report stays small: ${each} each\n`))
  t.notRegex(renderHlog(before), /merged/)
  const reader = new HistogramLogReader(log)
  const known = intervalHistograms(report.timeline, metric).filter(({ encoded }) => encoded !== null)
  for (const { from, to, encoded } of known) {
    const histogram = reader.nextIntervalHistogram()!
    t.is(Math.round(histogram.startTimeStampMsec) - Date.parse(report.startedAt), from)
    t.is(Math.round(histogram.endTimeStampMsec - histogram.startTimeStampMsec), to - from)
    t.is(histogram.totalCount, decodeHistogram(encoded!).totalCount)
  }
  t.is(reader.nextIntervalHistogram(), null)

  const [heatmap] = heatmaps(report)
  const [fine] = heatmaps(before)
  t.is(heatmap!.at[1]! * 1_000, report.timeline.histogramMs!)
  t.is(heatmap!.at.at(-1), fine!.at.at(-1))
  const rows = ({ counts }: { counts: readonly (readonly number[])[] }) =>
    counts[0]!.map((_, row) => counts.reduce((sum, column) => sum + column[row]!, 0))
  t.deepEqual(rows(heatmap!), rows(fine!))
})
