// Not by the folder's door: a browser has these too.
import { formatCount, formatDuration, formatSize } from '../../measure/units.ts'
import type { ChartUnit } from './chart-data.ts'

/** A value with its unit, as the tables show it. */
export function formatValue(value: number | null | undefined, unit: ChartUnit): string {
  if (value === null || value === undefined) return '–'
  switch (unit) {
    case 'time':
      return formatDuration(value)
    case 'bytes':
      return formatSize(value)
    case 'share':
      return `${Number((value * 100).toPrecision(3))}%`
    case 'perSecond':
      return `${formatCount(value)}/s`
    case 'count':
      return formatCount(value)
  }
}

/** A time of the run: `12s`, `1m5s`. */
export function formatMoment(seconds: number): string {
  return formatDuration(seconds * 1_000)
}

/** A percentile by what is beyond it: `99.9%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(7))}%`
}
