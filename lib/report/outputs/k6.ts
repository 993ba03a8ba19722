import { decodeHistogram, newHistogram, recordedScale, valueAt } from '../../measure/index.ts'
import type { Report, SeriesRecord } from '../schema.ts'

/**
 * k6's end-of-test summary (`--summary-export`, the shape that dashboards already read), with k6's names for what means
 * the same and Squall's own for the rest. Times are milliseconds. `thresholds` says true for one that was crossed, as k6's.
 */
export function renderK6Summary(report: Report): string {
  const names = [...new Set(report.series.map(({ metric }) => metric))]
  const metrics = Object.fromEntries(
    names.map((name) => {
      const thresholds = report.thresholds.filter(({ selector }) => selector === name)
      const values = valuesOf(
        report.series.filter(({ metric }) => metric === name),
        report.durationMs,
      )
      return [
        name,
        {
          ...values,
          ...(thresholds.length > 0 && {
            thresholds: Object.fromEntries(thresholds.map(({ expression, passed }) => [expression, !passed])),
          }),
        },
      ]
    }),
  )
  return `${JSON.stringify({ metrics, root_group: rootGroup(report) }, null, 2)}\n`
}

function valuesOf(series: readonly SeriesRecord[], durationMs: number): Record<string, number> {
  const kind = series[0]!.value.kind
  switch (kind) {
    case 'trend':
      return trendValues(series)
    case 'counter': {
      const count = series.reduce((sum, { value }) => sum + (value.kind === 'counter' ? value.count : 0), 0)
      return { count, rate: durationMs > 0 ? (count * 1_000) / durationMs : 0 }
    }
    case 'rate': {
      const { passes, fails } = passesOf(series)
      return { passes, fails, value: passes + fails === 0 ? 0 : passes / (passes + fails) }
    }
    case 'gauge': {
      const gauges = series.flatMap(({ value }) => (value.kind === 'gauge' ? [value] : []))
      return {
        value: gauges.at(-1)!.last,
        min: Math.min(...gauges.map(({ min }) => min)),
        max: Math.max(...gauges.map(({ max }) => max)),
      }
    }
  }
}

function trendValues(series: readonly SeriesRecord[]): Record<string, number> {
  const trends = series.flatMap(({ value }) => (value.kind === 'trend' ? [value] : []))
  const scale = recordedScale(series[0]!.unit, series[0]!.type)
  const histogram = newHistogram()
  for (const { histogram: encoded } of trends) histogram.add(decodeHistogram(encoded))
  const max = Math.max(...trends.map(({ max }) => max))
  const at = (share: number) => valueAt(histogram, share, max * scale) / scale
  return {
    avg: trends.reduce((sum, { mean, count }) => sum + mean * count, 0) / histogram.totalCount,
    min: Math.min(...trends.map(({ min }) => min)),
    med: at(0.5),
    max,
    'p(90)': at(0.9),
    'p(95)': at(0.95),
    'p(99)': at(0.99),
  }
}

function rootGroup({ series }: Report) {
  const names = [...new Set(series.flatMap(({ metric, tags }) => (metric === 'checks' ? [tags.check ?? ''] : [])))]
  const checks = names.map((name) => {
    const own = series.filter(({ metric, tags }) => metric === 'checks' && (tags.check ?? '') === name)
    return [name, { name, path: `::${name}`, ...passesOf(own) }]
  })
  return { name: '', path: '', groups: {}, checks: Object.fromEntries(checks) }
}

function passesOf(series: readonly SeriesRecord[]): { passes: number; fails: number } {
  const rates = series.flatMap(({ value }) => (value.kind === 'rate' ? [value] : []))
  const passes = rates.reduce((sum, { trues }) => sum + trues, 0)
  return { passes, fails: rates.reduce((sum, { total }) => sum + total, 0) - passes }
}
