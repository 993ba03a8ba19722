import { windowLabel } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import { type Comparison, type ComparisonRow, overall } from './compare.ts'
import type { Figure } from './figure.ts'
import { leastRuns } from './judge.ts'
import { median, type Shift } from './shift.ts'
import { spectra } from './spectrum.ts'

/** For programs: every row, and how each percentile of its metric shifted. What is infinite is the text "Infinity". */
export function comparisonJson(comparison: Comparison, base: readonly Report[], head: readonly Report[]): string {
  const { rows, onesided, ...rest } = comparison
  const data = {
    format: 'squall-comparison',
    version: 1,
    verdict: overall(comparison) ?? null,
    ...rest,
    leastRuns,
    rows: rows.map(({ figure, base, head, scale, by, judgement }) => {
      const { shift, noiseFloor, margin, adjustedP, verdict, moreRuns } = judgement
      return {
        ...named(figure),
        better: figure.better,
        scale,
        base: { median: median(base), values: base },
        head: { median: median(head), values: head },
        change: changeOf(shift.estimate, scale),
        interval: intervalOf(shift, scale),
        difference: { estimate: by.estimate, interval: intervalOf(by, 'difference') },
        p: shift.p,
        adjustedP: adjustedP ?? null,
        noiseFloor: noiseFloor === undefined ? null : changeOf(noiseFloor, scale),
        margin: changeOf(margin, scale),
        verdict: verdict ?? null,
        ...(moreRuns !== undefined && { moreRuns }),
      }
    }),
    onesided: onesided.map((figure) => ({ ...named(figure), side: figure.side })),
    percentiles: spectra(comparison, base, head).flatMap(({ figure, points }) =>
      points.map(({ percentile, shift }) => ({
        ...named({ ...figure, name: percentile }),
        change: changeOf(shift.estimate, 'ratio'),
        interval: intervalOf(shift, 'ratio'),
      })),
    ),
  }
  return finiteJson(data)
}

/** JSON has no infinite number, and would make it null: it becomes the text "Infinity". Ends with a newline. */
export function finiteJson(data: unknown): string {
  const finite = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  return `${JSON.stringify(data, finite, 2)}\n`
}

/** A shift as people read it: a ratio's as a share of the base; from never to some time it is infinite, not -100 %. */
export function changeOf(shift: number, scale: ComparisonRow['scale']): number {
  return scale === 'ratio' && Number.isFinite(shift) ? Math.expm1(shift) : shift
}

export function intervalOf({ interval }: Shift, scale: ComparisonRow['scale']) {
  if (!interval) return null
  return { low: changeOf(interval.low, scale), high: changeOf(interval.high, scale), level: interval.level }
}

/** A figure by what it is of. */
export function named({ definition, name, stretch }: Figure) {
  return { metric: definition.name, figure: name, phase: stretch.phase, window: windowLabel(stretch.window) }
}
