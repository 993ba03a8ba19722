import { windowLabel } from '../../measure/index.ts'
import { formatValue } from '../numbers.ts'
import type { ComparisonRow } from './compare.ts'
import type { Figure } from './figure.ts'

/** `publish_latency p99 · failures · fault leader`. */
export function figureLabel({ definition, name, stretch: { phase, window } }: Figure): string {
  return [`${definition.name} ${name}`, phase, ...(window.kind === 'baseline' ? [] : [windowLabel(window)])].join(' · ')
}

/** A figure's value with its unit; `never` where it falls on what never came. */
export function valueText(value: number, { definition, aggregation }: Figure): string {
  if (!Number.isFinite(value)) return 'never'
  if (definition.type === 'rate') return `${Number((value * 100).toPrecision(6))}%`
  return aggregation.kind === 'count' && definition.type !== 'counter'
    ? formatValue(value, 'count')
    : formatValue(value, definition.unit)
}

/** A figure and how its changes are measured. */
export type Scaled = Pick<ComparisonRow, 'figure' | 'scale'>

/** A shift with its sign: `+12.3%`, or in the figure's unit. */
export function changeText(shift: number, row: Scaled): string {
  return (shift < 0 ? '-' : '+') + sizeText(Math.abs(shift), row, shift < 0 ? -1 : 1)
}

/** Of a shift without its sign; a ratio's size depends on the direction: half is −50 %, twice is +100 %. */
export function sizeText(shift: number, { figure, scale }: Scaled, direction: 1 | -1 = 1): string {
  if (!Number.isFinite(shift)) return 'inf'
  if (scale === 'ratio') return `${(Math.abs(Math.expm1(direction * shift)) * 100).toFixed(1)}%`
  if (figure.definition.type === 'rate') return `${Number((shift * 100).toPrecision(3))} points`
  return valueText(shift, figure)
}
