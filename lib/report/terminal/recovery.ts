import { recoveryColumns, recoveryLegend, recoveryRows } from '../tables/recovery.ts'
import { andMore, firstOf, type Section } from './paper.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'

const most = 9

/** How each fault went by, and what its times count from. */
export const recovery: Section = (report, paper) => {
  const rows = recoveryRows(report)
  if (rows.length === 0) return []
  const { first, more } = firstOf(rows, most)
  return [
    ...layTable(recoveryColumns(rows), first, paper).lines,
    ...andMore(more, 'faults in the report', paper),
    ...flow(recoveryLegend, ' · ', paper.width - 2).map((line) => paper.paint.dim(`  ${line}`)),
  ]
}
