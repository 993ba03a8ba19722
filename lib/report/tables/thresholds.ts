import { formatDuration, type ThresholdResult } from '../../measure/index.ts'
import { formatObserved } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'

/** Failed ones first, so that they are never among those left out. */
export function thresholdRows({ thresholds }: Report): ThresholdResult[] {
  return [...thresholds].sort((a, b) => Number(a.passed) - Number(b.passed))
}

/** Each threshold with what was observed. */
export function thresholdColumns({ plan }: Report): Column<ThresholdResult>[] {
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
      text: ({ selector, expression, observed, notWithin }) => {
        if (notWithin !== undefined) return `not within ${formatDuration(notWithin)}`
        if (observed === undefined) return 'no samples'
        const threshold = plan.thresholds.find((one) => one.selector === selector && one.expression === expression)
        return threshold ? formatObserved(observed, threshold, plan.metrics) : String(observed)
      },
      tone: ({ passed }) => (passed ? undefined : 'bad'),
    },
  ]
}
