import { UserError } from '../../errors.ts'
import { windowLabel } from '../../measure/index.ts'
import type { Report } from '../schema.ts'
import { obstacles } from './comparable.ts'
import { type Figure, figureIn, figuresOf, usualFigures, type Wanted } from './figures.ts'
import { type CompareVerdict, type Judgement, judge, leastRuns } from './judge.ts'
import { median, shiftBetween } from './shift.ts'

export interface CompareOptions {
  readonly wanted?: readonly Wanted[]
  /** As a share: 0.05 is 5 %. */
  readonly leastChange?: number
  readonly force?: boolean
}

/** One figure of both sides. Values in the metric's unit; changes are shares of the base: 0.1 is 10 % more. */
export interface ComparisonRow {
  readonly figure: Figure
  readonly base: readonly number[]
  readonly head: readonly number[]
  readonly judgement: Judgement
}

export interface Comparison {
  readonly base: { readonly label: string; readonly runs: number }
  readonly head: { readonly label: string; readonly runs: number }
  readonly rows: readonly ComparisonRow[]
  /** Figures that one side alone has. */
  readonly onesided: readonly Figure[]
  /** Why this should not have been compared; empty unless forced. */
  readonly obstacles: readonly string[]
}

/** @throws UserError when the sides are not comparable, unless forced, and when there is nothing to compare. */
export function compare(
  base: readonly Report[],
  head: readonly Report[],
  { wanted = usualFigures, leastChange = 0.05, force = false }: CompareOptions = {},
): Comparison {
  const against = obstacles(base, head)
  if (against.length > 0 && !force) {
    throw new UserError(`These runs can not be compared. ${against[0]}`, {
      hint: [...against.slice(1), 'Compare runs made alike, or use --force to compare them all the same.'].join('\n'),
    })
  }
  const figures = figuresOf([...base, ...head], wanted).map((figure) => ({
    figure,
    base: valuesOf(base, figure),
    head: valuesOf(head, figure),
  }))
  const twosided = figures.filter(({ base, head }) => base.length > 0 && head.length > 0)
  if (twosided.length === 0) {
    const names = wanted.map(({ metric, percentile }) => `${metric} ${percentile}`).join(', ')
    throw new UserError(`There is nothing to compare: no phase of both sides has ${names}.`, {
      hint: 'Name another with --metric, such as --metric publish_latency:p50.',
    })
  }
  const judgements = judge(
    twosided.map(({ figure, base, head }) => ({
      base: base.map(Math.log),
      head: head.map(Math.log),
      leastShift: Math.log1p(leastChange),
      better: figure.better,
    })),
  )
  return {
    base: { label: labelOf(base), runs: base.length },
    head: { label: labelOf(head), runs: head.length },
    rows: twosided.map((row, index) => ({ ...row, judgement: judgements[index]! })),
    onesided: figures.filter((row) => !twosided.includes(row)).map(({ figure }) => figure),
    obstacles: against,
  }
}

/** The worst that was found; undefined where there were too few runs for any verdict. */
export function overall({ rows }: Comparison): CompareVerdict | undefined {
  const verdicts = rows.map(({ judgement }) => judgement.verdict)
  return (['REGRESSED', 'INCONCLUSIVE', 'IMPROVED', 'SAME'] as const).find((verdict) => verdicts.includes(verdict))
}

/** For programs: every row, and how each percentile of its metric shifted, with its own uncorrected interval. */
export function comparisonJson(comparison: Comparison, base: readonly Report[], head: readonly Report[]): string {
  const { rows, onesided, ...rest } = comparison
  const data = {
    format: 'squall-comparison',
    version: 1,
    verdict: overall(comparison) ?? null,
    ...rest,
    leastRuns,
    rows: rows.map(({ figure, base, head, judgement }) => {
      const { shift, noiseFloor, margin, adjustedP, verdict, moreRuns } = judgement
      return {
        ...named(figure),
        better: figure.better,
        base: { median: median(base), values: base },
        head: { median: median(head), values: head },
        change: Math.expm1(shift.estimate),
        interval: intervalOf(shift),
        p: shift.p,
        adjustedP,
        noiseFloor: Math.expm1(noiseFloor),
        margin: Math.expm1(margin),
        verdict: verdict ?? null,
        ...(moreRuns !== undefined && { moreRuns }),
      }
    }),
    onesided: onesided.map(named),
    percentiles: rows.flatMap(({ figure }) =>
      ['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'p99.99'].flatMap((percentile) => {
        const [x, y] = [base, head].map((side) => valuesOf(side, { ...figure, percentile }).map(Math.log))
        if (x!.length === 0 || y!.length === 0) return []
        const shift = shiftBetween(x!, y!)
        return [
          { ...named({ ...figure, percentile }), change: Math.expm1(shift.estimate), interval: intervalOf(shift) },
        ]
      }),
    ),
  }
  return `${JSON.stringify(data, undefined, 2)}\n`
}

function intervalOf({ interval }: Judgement['shift']) {
  return interval ? { low: Math.expm1(interval.low), high: Math.expm1(interval.high), level: interval.level } : null
}

function named({ metric, percentile, stretch }: Figure) {
  return { metric, percentile, phase: stretch.phase, window: windowLabel(stretch.window) }
}

function valuesOf(reports: readonly Report[], figure: Figure): number[] {
  return reports.flatMap((report) => figureIn(report, figure) ?? [])
}

function labelOf(reports: readonly Report[]): string {
  return [...new Set(reports.map(({ build }) => build.label))].join(', ')
}
