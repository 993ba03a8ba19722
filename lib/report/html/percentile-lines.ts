import type { TrendTimeline } from '../schema.ts'
import type { ChartTone } from './chart-data.ts'
import type { WholeLine } from './spread.ts'

/** How a trend was spread in each interval. */
export function percentileLines({ p50, p99, p999, max }: TrendTimeline): WholeLine[] {
  const line = (label: string, tone: ChartTone, values: readonly (number | null)[]): WholeLine => ({
    label,
    tone,
    values,
  })
  return [line('p50', '3', p50), line('p99', '1', p99), line('p99.9', '5', p999), line('max', 'muted', max)]
}
