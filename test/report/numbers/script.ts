import { formatCount } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact, formatValue, percent } from '../../../lib/report/numbers.ts'
import { count, dashed, find, most, spread, tally } from './samples.ts'
import type { Row, Tables } from './tables.ts'

const title = 'over the whole run'

/** The script's own checks and metrics, and iterations of it that did not end well. */
export function scriptTables(report: Report): Tables {
  const row = (name: string, text: string): Row => ({ Script: name, [title]: text })
  const shareOf = (name: string) => {
    const { trues, total } = tally(find(report, name))
    return `${percent(trues / total)} ${exact(trues)} of ${exact(total)}`
  }
  const own = report.plan.metrics.flatMap(({ name, type, unit }) => {
    const series = find(report, name)
    const show = (value: number | undefined) => dashed(value, (known) => formatValue(known, unit))
    if (series.length === 0) return []
    if (type === 'rate') return [row(name, shareOf(name))]
    if (type === 'counter') return [row(name, unit === 'count' ? exact(count(series)) : show(count(series)))]
    if (type === 'gauge') {
      const gauges = series.flatMap(({ value }) => (value.kind === 'gauge' ? [value] : []))
      const least = Math.min(...gauges.map(({ min }) => min))
      return [row(name, `${show(gauges.at(-1)!.last)} min ${show(least)} max ${show(most(series))}`)]
    }
    const all = spread(series)!
    const told = [`p50 ${show(all.at('p50'))}`, `p99 ${show(all.at('p99'))}`, `max ${show(all.max)}`]
    return [row(name, [...told, `count ${formatCount(all.count)}`].join(' '))]
  })
  const ended = ['iteration_errors', 'interrupted_iterations'].flatMap((name) => {
    const times = count(find(report, name))
    return times > 0 ? [row(name, exact(times))] : []
  })
  const checks = find(report, 'checks').length > 0 ? [row('checks', shareOf('checks'))] : []
  return { Script: [...checks, ...own, ...ended] }
}
