import { percentileName } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import { type Comparison, type ComparisonRow, scaled, valuesOf } from './compare.ts'
import type { Figure } from './figure.ts'
import { type Shift, shiftBetween } from './shift.ts'

const shares = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999] as const

/** How the percentiles of one trend in one stretch shifted, each with its own uncorrected interval: logarithms. */
export interface Spectrum {
  readonly figure: Figure
  readonly points: readonly { readonly percentile: string; readonly share: number; readonly shift: Shift }[]
}

/** For each trend of a comparison: the data of a percentile-difference plot. */
export function spectra({ rows }: Comparison, base: readonly Report[], head: readonly Report[]): Spectrum[] {
  const known = new Set<string>()
  return rows.flatMap(({ figure }: ComparisonRow) => {
    const { definition, stretch } = figure
    const key = JSON.stringify([definition.name, stretch.phase, stretch.window])
    if (definition.type !== 'trend' || known.has(key)) return []
    known.add(key)
    const points = shares.flatMap((share) => {
      const name = percentileName(share)
      const one: Figure = { ...figure, name, aggregation: { kind: 'percentile', share } }
      const [x, y] = [valuesOf(base, one), valuesOf(head, one)]
      if (x.length === 0 || y.length === 0 || [...x, ...y].some((value) => value <= 0)) return []
      return [{ percentile: name, share, shift: shiftBetween(scaled(x, 'ratio'), scaled(y, 'ratio')) }]
    })
    return points.length > 0 ? [{ figure, points }] : []
  })
}
