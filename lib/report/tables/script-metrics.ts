import { formatCount, type MetricDefinition } from '../../measure/index.ts'
import { countOf } from '../breakdown.ts'
import { mergeGauges, mergeTrends, sumCounters, sumRates } from '../merge.ts'
import { exact, formatValue, percent } from '../numbers.ts'
import type { Report, SeriesRecord } from '../schema.ts'
import type { Column } from './column.ts'

/** What the script measured or checked itself, over the whole run, or what became of its iterations. */
export interface ScriptFact {
  readonly name: string
  readonly text: string
  readonly caution: boolean
}

export function scriptFacts(report: Report): ScriptFact[] {
  const checks = report.series.filter(({ metric }) => metric === 'checks')
  return [
    ...(checks.length === 0 ? [] : [{ name: 'checks', text: shareOf(checks), caution: false }]),
    ...report.plan.metrics.flatMap((metric) => {
      const text = describe(report, metric)
      return text === undefined ? [] : [{ name: metric.name, text, caution: false }]
    }),
    ...['iteration_errors', 'interrupted_iterations'].flatMap((name) => {
      const count = countOf(report, name)
      return count === 0 ? [] : [{ name, text: exact(count), caution: true }]
    }),
  ]
}

export function scriptColumns(): Column<ScriptFact>[] {
  return [
    { title: 'Script', align: 'left', text: ({ name }) => name },
    {
      title: 'over the whole run',
      align: 'left',
      text: ({ text }) => text,
      tone: ({ caution }) => (caution ? 'caution' : undefined),
    },
  ]
}

function describe({ series }: Report, { name, type, unit }: MetricDefinition): string | undefined {
  const own = series.filter(({ metric }) => metric === name)
  if (own.length === 0) return undefined
  if (type === 'rate') return shareOf(own)
  if (type === 'counter') {
    const count = sumCounters(own)
    return unit === 'count' ? exact(count) : formatValue(count, unit)
  }
  const show = (value: number | undefined) => (value === undefined ? '–' : formatValue(value, unit))
  if (type === 'gauge') {
    const gauge = mergeGauges(own)
    return `${show(gauge?.last)}  min ${show(gauge?.min)}  max ${show(gauge?.max)}`
  }
  const merged = mergeTrends(own)
  if (!merged) return undefined
  const { count, percentiles, max } = merged
  return `p50 ${show(percentiles.p50)}  p99 ${show(percentiles.p99)}  max ${show(max)}  count ${formatCount(count)}`
}

function shareOf(series: readonly SeriesRecord[]): string {
  const { trues, total } = sumRates(series)
  if (total === 0) return 'no samples'
  return `${percent(trues / total)}  ${exact(trues)} of ${exact(total)}`
}
