import { formatCount, isPart, type WindowKind, windowKinds } from '../../measure/index.ts'
import { type Distribution, mergeTrends } from '../merge.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'

/** How the per-second rates were spread in one kind of window: their low end is what a fault does to throughput. */
export interface ThroughputRow {
  readonly kind: WindowKind
  readonly rates: Distribution
}

export function throughputRows(metric: string, { series }: Report): ThroughputRow[] {
  return windowKinds.flatMap((kind) => {
    const rates = mergeTrends(
      series.filter((one) => one.metric === metric && one.tags.window === kind && !isPart(metric, one.tags)),
    )
    return rates ? [{ kind, rates }] : []
  })
}

/** Lowest, median and highest rate, as text. */
export function spreadOf({ rates: { min, max, percentiles } }: ThroughputRow): string[] {
  return [min, percentiles.p50 ?? max, max].map(formatCount)
}

/** By metric. */
export const throughputTitles: Readonly<Record<string, string>> = {
  publish_throughput: 'Messages acked in each second',
  consume_throughput: 'Messages consumed in each second',
}

export function throughputColumns(title: string): Column<ThroughputRow>[] {
  const part = (title: string, index: number): Column<ThroughputRow> => ({
    title,
    align: 'right',
    text: (row) => spreadOf(row)[index]!,
  })
  return [{ title, align: 'left', text: ({ kind }) => kind }, part('min', 0), part('p50', 1), part('max', 2)]
}
