import { thresholdColumns, thresholdRows } from '../tables/thresholds.ts'
import { andMore, firstOf, type Section } from './paper.ts'
import { layTable } from './table.ts'

const most = 10

/** Each threshold with what was observed. */
export const thresholds: Section = (report, paper) => {
  if (report.thresholds.length === 0) return []
  const { first, more } = firstOf(thresholdRows(report), most)
  const { lines } = layTable(thresholdColumns(report), first, paper)
  const marked = lines.map((line) => line.replace('✓', paper.paint.good('✓')))
  return [...marked, ...andMore(more, 'thresholds that held', paper)]
}
