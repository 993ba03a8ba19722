import type { Aggregation } from './threshold.ts'

/** A last value with its extremes, as it is collected. Not sampled while `last` is NaN. */
export interface GaugeValues {
  last: number
  /** When it got its last value, monotonic milliseconds: of several gauges the one set last has the last value. */
  setAt: number
  min: number
  max: number
}

export interface GaugeState extends GaugeValues {
  readonly kind: 'gauge'
}

export function newGauge(): GaugeValues {
  return { last: Number.NaN, setAt: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
}

export function setGauge(gauge: GaugeValues, value: number, at: number): void {
  gauge.last = value
  gauge.setAt = at
  gauge.min = Math.min(gauge.min, value)
  gauge.max = Math.max(gauge.max, value)
}

/** Of several series' gauges as one; undefined when none of them was set. */
export function observeGauges(gauges: readonly GaugeState[], { kind }: Aggregation): number | undefined {
  if (gauges.length === 0) return undefined
  if (kind === 'min') return Math.min(...gauges.map(({ min }) => min))
  if (kind === 'max') return Math.max(...gauges.map(({ max }) => max))
  return gauges.reduce((newest, gauge) => (gauge.setAt >= newest.setAt ? gauge : newest)).last
}
