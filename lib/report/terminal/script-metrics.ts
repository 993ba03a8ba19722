import { formatCount, type MetricDefinition } from '../../measure/index.ts'
import { countOf } from '../breakdown.ts'
import { mergeTrends } from '../merge.ts'
import { exact, formatValue, percent } from '../numbers.ts'
import type { Report, SeriesRecord } from '../schema.ts'
import { andMore, firstOf, type Section, titled } from './paper.ts'
import { padEnd, textWidth, truncate } from './text.ts'

const most = 6

/** What the script measured and checked itself, over the whole run. */
export const scriptMetrics: Section = (report, paper) => {
  const checks = report.series.filter(({ metric }) => metric === 'checks')
  const facts = [
    ...(checks.length === 0 ? [] : [{ name: 'checks', text: shareOf(checks) }]),
    ...report.plan.metrics.flatMap((metric) => {
      const text = describe(report, metric)
      return text === undefined ? [] : [{ name: metric.name, text }]
    }),
    ...['iteration_errors', 'interrupted_iterations'].flatMap((name) => {
      const count = countOf(report, name)
      return count === 0 ? [] : [{ name, text: paper.paint.caution(exact(count)) }]
    }),
  ]
  if (facts.length === 0) return []
  const { first, more } = firstOf(facts, most)
  const width = Math.min(32, Math.max(...first.map(({ name }) => textWidth(name))))
  return [
    ...titled('Script', ['its own metrics and checks, over the whole run'], paper),
    ...first.map(({ name, text }) => `  ${padEnd(truncate(name, width), width)}  ${text}`),
    ...andMore(more, 'metrics in the report', paper),
  ]
}

function describe({ series }: Report, { name, type, unit }: MetricDefinition): string | undefined {
  const own = series.filter(({ metric }) => metric === name)
  if (own.length === 0) return undefined
  if (type === 'rate') return shareOf(own)
  if (type === 'counter') {
    const count = own.reduce((sum, { value }) => sum + (value.kind === 'counter' ? value.count : 0), 0)
    return unit === 'count' ? exact(count) : formatValue(count, unit)
  }
  const show = (value: number | undefined) => (value === undefined ? '–' : formatValue(value, unit))
  if (type === 'gauge') {
    const gauges = own.map(({ value }) => value).filter((value) => value.kind === 'gauge')
    const last = gauges.at(-1)?.last
    const min = Math.min(...gauges.map((value) => value.min))
    const max = Math.max(...gauges.map((value) => value.max))
    return `${show(last)}  min ${show(min)}  max ${show(max)}`
  }
  const merged = mergeTrends(own)
  if (!merged) return undefined
  const { count, percentiles, max } = merged
  return `p50 ${show(percentiles.p50)}  p99 ${show(percentiles.p99)}  max ${show(max)}  count ${formatCount(count)}`
}

function shareOf(series: readonly SeriesRecord[]): string {
  const rates = series.map(({ value }) => value).filter((value) => value.kind === 'rate')
  const trues = rates.reduce((sum, rate) => sum + rate.trues, 0)
  const total = rates.reduce((sum, rate) => sum + rate.total, 0)
  if (total === 0) return 'no samples'
  return `${percent(trues / total)}  ${exact(trues)} of ${exact(total)}`
}
