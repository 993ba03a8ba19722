import { scriptFacts } from '../tables/script-metrics.ts'
import { andMore, firstOf, type Section, titled } from './paper.ts'
import { padEnd, textWidth, truncate } from './text.ts'

const most = 6

/** What the script measured and checked itself, over the whole run. */
export const scriptMetrics: Section = (report, paper) => {
  const facts = scriptFacts(report)
  if (facts.length === 0) return []
  const { first, more } = firstOf(facts, most)
  const width = Math.min(32, Math.max(...first.map(({ name }) => textWidth(name))))
  const shown = first.map(({ name, text, caution }) => {
    const value = caution ? paper.paint.caution(text) : text
    return `  ${padEnd(truncate(name, width), width)}  ${value}`
  })
  return [
    ...titled('Script', ['its own metrics and checks, over the whole run'], paper),
    ...shown,
    ...andMore(more, 'metrics in the report', paper),
  ]
}
