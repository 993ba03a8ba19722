import { formatCount, formatDuration } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact, formatObserved } from '../../../lib/report/numbers.ts'
import { count, dashed, find, spread } from './samples.ts'
import type { Tables } from './tables.ts'

/** Thresholds, phases, and how the load was made. */
export function runTables(report: Report): Tables {
  const leading = ['publish_latency', 'request_latency', 'http_latency', 'e2e_latency'].find(
    (name) => find(report, name).length > 0,
  )!
  return {
    Thresholds: [...report.thresholds]
      .sort((a, b) => Number(a.passed) - Number(b.passed))
      .map((threshold) => ({
        Thresholds: `${threshold.passed ? '✓' : '✗'} ${threshold.selector}`,
        'must be': threshold.expression,
        was: observedText(report, threshold),
      })),
    Phases: report.phases.map(({ name, startMs, endMs = report.durationMs }) => {
      const of = (...metrics: readonly string[]) => count(find(report, metrics, { phase: name }))
      const latency = spread(find(report, leading, { phase: name }))
      return {
        Phases: name,
        lasted: formatDuration(endMs - startMs),
        iterations: exact(of('iterations')),
        'a second': formatCount((of('iterations') * 1_000) / (endMs - startMs)),
        p50: dashed(latency?.at('p50')),
        p99: dashed(latency?.at('p99')),
        max: dashed(latency?.max),
        failed: exact(of('publish_failed', 'request_failed', 'http_failed', 'iteration_errors')),
        indet: exact(of('publish_indeterminate', 'request_indeterminate', 'http_indeterminate')),
        dropped: exact(of('dropped_iterations')),
        lost: exact(of('lost', 'core_lost')),
      }
    }),
    Generator: report.generator.phases.map(({ phase, due, started, dropped, lagP99, maxTurnMs }) => ({
      Generator: phase,
      due: exact(due),
      started: exact(started),
      dropped: exact(dropped),
      'late at p99': dashed(lagP99),
      'longest turn': formatDuration(maxTurnMs),
    })),
  }
}

/** What a threshold saw. */
export function observedText({ plan }: Report, threshold: Report['thresholds'][number]): string {
  const { selector, expression, observed, notWithin } = threshold
  if (notWithin !== undefined) return `not within ${formatDuration(notWithin)}`
  if (observed === undefined) return 'no samples'
  const planned = plan.thresholds.find((one) => one.selector === selector && one.expression === expression)!
  return formatObserved(observed, planned, plan.metrics)
}
