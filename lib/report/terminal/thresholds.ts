import { formatObserved } from './numbers.ts'
import { andMore, firstOf, type Section } from './paper.ts'
import { layTable } from './table.ts'

const most = 10

/** Each threshold with what was observed; failed ones first, so that they are never among those left out. */
export const thresholds: Section = ({ thresholds: results, plan }, paper) => {
  if (results.length === 0) return []
  const { paint } = paper
  const sorted = [...results].sort((a, b) => Number(a.passed) - Number(b.passed))
  const { first, more } = firstOf(sorted, most)
  const table = layTable(
    [
      {
        title: 'Thresholds',
        align: 'left',
        text: ({ passed, selector }) => `${passed ? '✓' : '✗'} ${selector}`,
        paint: ({ passed }) => (passed ? (text) => text.replace('✓', paint.good('✓')) : paint.bad),
        shrinks: true,
      },
      { title: 'must be', align: 'left', text: ({ expression }) => expression },
      {
        title: 'was',
        align: 'right',
        text: ({ selector, expression, observed }) => {
          if (observed === undefined) return 'no samples'
          const threshold = plan.thresholds.find((one) => one.selector === selector && one.expression === expression)
          return threshold ? formatObserved(observed, threshold, plan.metrics) : String(observed)
        },
        paint: ({ passed }) => (passed ? undefined : paint.bad),
      },
    ],
    first,
    paper,
  )
  return [...table.lines, ...andMore(more, 'thresholds that held', paper)]
}
