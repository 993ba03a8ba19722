import { HistogramLogWriter } from 'hdr-histogram-js'
import { UserError } from '../../errors.ts'
import { decodeHistogram, formatDuration, isPart, matches, recordedScale, type Selector } from '../../measure/index.ts'
import { intervalHistograms } from '../interval-histograms.ts'
import { histogramOf } from '../merge.ts'
import type { Report } from '../schema.ts'
import { headlines } from '../tables/latency.ts'

const ticksPerHalfDistance = 5

/**
 * HdrHistogram's percentile distribution, values in the metric's unit (milliseconds): what its plotter reads. Of the
 * first headline latency unless `select` names another trend.
 */
export function renderHgrm(report: Report, select?: Selector): string {
  const { metric, tags } = select ?? { metric: firstHeadline(report), tags: {} }
  const chosen = report.series.filter(
    (one) => one.metric === metric && matches(one.tags, tags) && !isPart(metric, one.tags, tags),
  )
  const histogram = histogramOf(chosen)
  const [first] = chosen
  if (!first || histogram.totalCount === 0) {
    const trends = new Set(report.series.filter(({ value }) => value.kind === 'trend').map(({ metric }) => metric))
    throw new UserError(
      `${metric} has no samples that match; trends in this report are ${[...trends].join(', ') || 'none'}`,
    )
  }
  return histogram.outputPercentileDistribution(ticksPerHalfDistance, recordedScale(first.unit, first.type))
}

/**
 * HdrHistogram's log, version 1.3: an interval a line for each headline latency, its name as the tag. Values are
 * microseconds, as recorded; the maximum is shown in milliseconds, as is usual.
 */
export function renderHlog({ timeline, startedAt, id }: Report): string {
  let text = ''
  const writer = new HistogramLogWriter((line) => {
    text += line.replace(/\n+$/, '\n')
  })
  writer.outputLogFormatVersion()
  writer.outputComment(`squall run ${id}, values in microseconds`)
  const { histogramMs } = timeline
  if (histogramMs !== undefined) {
    writer.outputComment(`intervals merged so that the report stays small: ${formatDuration(histogramMs)} each`)
  }
  writer.outputStartTime(Date.parse(startedAt))
  writer.outputLegend()
  for (const { metric } of headlines) {
    for (const { encoded, from, to } of intervalHistograms(timeline, metric)) {
      if (encoded === null) continue
      const histogram = decodeHistogram(encoded)
      histogram.tag = metric
      writer.outputIntervalHistogram(histogram, from / 1_000, to / 1_000)
    }
  }
  return text
}

function firstHeadline({ series }: Report): string {
  return headlines.find(({ metric }) => series.some((one) => one.metric === metric))?.metric ?? headlines[0]!.metric
}
