import { isPart, matches, parseSelector, recordedScale, valueAt } from '../../measure/index.ts'
import { checksOf } from '../breakdown.ts'
import { histogramOf, mergeGauges, mergeTrends, sumCounters, sumRates } from '../merge.ts'
import type { Report, SeriesRecord } from '../schema.ts'

/**
 * k6's end-of-test summary (`--summary-export`, the shape that dashboards already read), with k6's names for what means
 * the same and Squall's own for the rest. Times are milliseconds. `thresholds` says true for one that was crossed, as k6's.
 */
export function renderK6Summary(report: Report): string {
  // As k6 has it, what a threshold selects by tags stands beside the whole metric, under the selector.
  const names = new Set([...report.series.map(({ metric }) => metric), ...report.thresholds.map((one) => one.selector)])
  const metrics = Object.fromEntries(
    [...names].map((name) => {
      const { metric, tags } = parseSelector(name)
      const thresholds = report.thresholds.filter(({ selector }) => selector === name)
      const selected = report.series.filter(
        (one) => one.metric === metric && matches(one.tags, tags) && !isPart(metric, one.tags, tags),
      )
      return [
        (k6Names[metric] ?? metric) + name.trim().slice(metric.length),
        {
          ...(selected.length > 0 && valuesOf(selected, report.durationMs)),
          ...(thresholds.length > 0 && {
            thresholds: Object.fromEntries(thresholds.map(({ expression, passed }) => [expression, !passed])),
          }),
        },
      ]
    }),
  )
  return `${JSON.stringify({ metrics, root_group: rootGroup(report) }, null, 2)}\n`
}

/** Where k6 has the same under another name; its http_req_duration leaves out connecting, which `http_service_time` does not. */
const k6Names: Readonly<Record<string, string>> = { http_requests: 'http_reqs' }

function valuesOf(series: readonly SeriesRecord[], durationMs: number): Record<string, number> {
  const kind = series[0]!.value.kind
  switch (kind) {
    case 'trend':
      return trendValues(series)
    case 'counter': {
      const count = sumCounters(series)
      return { count, rate: durationMs > 0 ? (count * 1_000) / durationMs : 0 }
    }
    case 'rate': {
      const { passes, fails } = passesOf(sumRates(series))
      return { passes, fails, value: passes + fails === 0 ? 0 : passes / (passes + fails) }
    }
    case 'gauge': {
      const { last, min, max } = mergeGauges(series)!
      return { value: last, min, max }
    }
  }
}

function trendValues(series: readonly SeriesRecord[]): Record<string, number> {
  const { mean, min, max } = mergeTrends(series) ?? { mean: 0, min: 0, max: 0 }
  const scale = recordedScale(series[0]!.unit, series[0]!.type)
  const histogram = histogramOf(series)
  // k6 gives each of them, however few samples there are.
  const at = (share: number) => valueAt(histogram, share, max * scale) / scale
  return { avg: mean, min, med: at(0.5), max, 'p(90)': at(0.9), 'p(95)': at(0.95), 'p(99)': at(0.99) }
}

function rootGroup({ series }: Report) {
  const checks = checksOf(series).map(({ name, ...rates }) => [name, { name, path: `::${name}`, ...passesOf(rates) }])
  return { name: '', path: '', groups: {}, checks: Object.fromEntries(checks) }
}

function passesOf({ trues, total }: ReturnType<typeof sumRates>): { passes: number; fails: number } {
  return { passes: trues, fails: total - trues }
}
