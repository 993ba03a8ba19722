import { formatDuration, type ThresholdResult } from '../../measure/index.ts'
import { formatObserved } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'

/** Failed ones first, so that they are never among those left out. */
export function thresholdRows({ thresholds }: Report): ThresholdResult[] {
  return [...thresholds].sort((a, b) => Number(a.passed) - Number(b.passed))
}

/** Each threshold with what was observed. */
export function thresholdColumns(report: Report): Column<ThresholdResult>[] {
  return [
    {
      title: 'Thresholds',
      align: 'left',
      text: ({ passed, selector }) => `${passed ? '✓' : '✗'} ${selector}`,
      tone: ({ passed }) => (passed ? undefined : 'bad'),
      shrinks: true,
    },
    { title: 'must be', align: 'left', text: ({ expression }) => expression },
    {
      title: 'was',
      align: 'right',
      text: (threshold) => observedText(report, threshold),
      tone: ({ passed }) => (passed ? undefined : 'bad'),
    },
  ]
}

/** What a threshold saw, or for how long it waited in vain. */
export function observedText({ plan }: Report, { selector, expression, observed, notWithin }: ThresholdResult): string {
  if (notWithin !== undefined) return `not within ${formatDuration(notWithin)}`
  if (observed === undefined) return 'no samples'
  const threshold = plan.thresholds.find((one) => one.selector === selector && one.expression === expression)
  return threshold ? formatObserved(observed, threshold, plan.metrics) : String(observed)
}
