import type { Report } from '../../../lib/report/index.ts'
import { tablesOf } from './expected.ts'
import { oneLine, type Shown } from './shown.ts'

export interface Compared {
  readonly cells: number
  /** What is shown, and what it would have to be. */
  readonly wrong: readonly string[]
}

/** Every cell of every table with what the report has for it. */
export function compareTables({ tables }: Pick<Shown, 'tables'>, report: Report): Compared {
  const expected = tablesOf(report)
  const wrong: string[] = []
  let cells = 0
  for (const { name, titles, rows } of tables) {
    const known = expected[name] ?? []
    if (known.length !== rows.length) wrong.push(`${name}: ${rows.length} rows, of ${known.length} that are known`)
    for (const [index, row] of rows.entries()) {
      for (const [column, cell] of row.entries()) {
        cells += 1
        const value = known[index]?.[titles[column]!]
        if (oneLine(cell) !== value) wrong.push(`${name}, ${row[0]}, ${titles[column]}: ${cell}, not ${value}`)
      }
    }
  }
  return { cells, wrong }
}
