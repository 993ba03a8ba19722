import type { Report } from '../schema.ts'
import { percentileLines } from './percentile-lines.ts'
import { seconds } from './round.ts'
import type { WholePanel } from './spread.ts'

/** The script's own metrics over time: how its trends were spread, and how fast its counters rose. */
export function scriptPanels({ plan, timeline }: Report): WholePanel[] {
  const { at, trends, counters, intervalMs } = timeline
  return plan.metrics.flatMap(({ name, unit, description }): WholePanel[] => {
    const panel = { id: `own-${name}`, part: 'script' as const, title: name, at: at.map(seconds), log: false }
    const about = description === '' ? '' : `${description}. `
    const trend = trends[name]
    if (trend) {
      return [{ ...panel, about: `${about}In each interval.`, unit, lines: percentileLines(trend) }]
    }
    const counts = counters[name]
    if (!counts) return []
    const values = counts.map((count) => (count * 1_000) / intervalMs)
    const rate = { label: 'a second', tone: '1' as const, filled: true, values }
    return [{ ...panel, about: `${about}In each interval.`, unit: 'perSecond', lines: [rate] }]
  })
}
