import type { Report } from '../schema.ts'
import { spreadOf, throughputRows } from '../tables/throughput.ts'
import type { Paper } from './paper.ts'
import { flow } from './text.ts'

/** How the per-second rates were spread in each kind of window, in a line. */
export function throughputLines(metric: string, report: Report, { paint, width }: Paper): string[] {
  const kinds = throughputRows(metric, report).map((row) => `${row.kind} ${spreadOf(row).join('/')}`)
  if (kinds.length === 0) return []
  return flow(['rate/s min/p50/max:', ...kinds], '  ', width - 2).map((line) => paint.dim(`  ${line}`))
}
