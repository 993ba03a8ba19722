import { formatCount, windowKinds } from '../../measure/index.ts'
import { mergeTrends } from '../merge.ts'
import type { Report } from '../schema.ts'
import type { Paper } from './paper.ts'
import { flow } from './text.ts'

/** How the per-second rates were spread in each kind of window: their low end is what a fault does to throughput. */
export function throughputLines(metric: string, { series }: Report, { paint, width }: Paper): string[] {
  const kinds = windowKinds.flatMap((kind) => {
    const rates = mergeTrends(series.filter((one) => one.metric === metric && one.tags.window === kind))
    if (!rates) return []
    const { min, max, percentiles } = rates
    return [`${kind} ${[min, percentiles.p50 ?? max, max].map(formatCount).join('/')}`]
  })
  if (kinds.length === 0) return []
  return flow(['rate/s min/p50/max:', ...kinds], '  ', width - 2).map((line) => paint.dim(`  ${line}`))
}
