import { formatDuration } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import {
  type Headline,
  headlines,
  latencyColumns,
  latencyRows,
  type MeasuredRow,
  measureRow,
} from '../tables/latency.ts'
import { andMore, firstOf, type Paper, type Section } from './paper.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'
import { throughputLines } from './throughput.ts'

const mostRows = 12

/** A table of phase × window for every headline latency that has samples, or should have had. */
export const latencies: Section = (report, paper) =>
  headlines
    .map((headline) => latencyTable(headline, report, paper))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))

function latencyTable(headline: Headline, report: Report, paper: Paper): string[] {
  const rows = latencyRows(headline, report)
  if (rows.length === 0) return []
  const { first, more } = firstOf(rows, mostRows)
  const measured = first.map((row) => measureRow(row, headline, report))
  const table = layTable(latencyColumns(headline, rows, measured), measured, paper)
  const contrast = headline.service !== undefined && !table.shown.some(({ title }) => title === 'svc p99')
  return [
    ...table.lines,
    ...andMore(more, 'windows in the report', paper),
    ...(contrast && more === 0 ? contrastOf(measured, paper) : []),
    ...(headline.throughput === undefined ? [] : throughputLines(headline.throughput, report, paper)),
  ]
}

/** What the columns for it would have said, at its worst. */
function contrastOf(rows: readonly MeasuredRow[], { paint, width }: Paper): string[] {
  const worst = (read: (row: MeasuredRow) => number | undefined) => {
    const values = rows.map(read).filter((value) => value !== undefined)
    return values.length === 0 ? '–' : formatDuration(Math.max(...values))
  }
  const parts = [
    'worst p99:',
    `service time ${worst(({ serviceP99 }) => serviceP99)}`,
    `schedule lag ${worst(({ lagP99 }) => lagP99)}`,
  ]
  return flow(parts, '  ', width - 2).map((line) => paint.dim(`  ${line}`))
}
