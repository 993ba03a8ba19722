import { UserError } from '../../errors.ts'
import type { Report } from '../schema.ts'
import { obstacles, type Variable } from './comparable.ts'
import type { Figure } from './figure.ts'
import { figuresOf, usualFigures, type Wanted, wantedText } from './figures.ts'
import { type CompareVerdict, type Judgement, judge, usualAlpha } from './judge.ts'
import { median, type Shift, shiftBetween } from './shift.ts'
import { valueIn } from './value.ts'

export interface CompareOptions {
  readonly wanted?: readonly Wanted[]
  /** As a share: 0.05 is 5 %. */
  readonly leastChange?: number
  readonly force?: boolean
  /** What the sides are meant to differ in. */
  readonly varied?: readonly Variable[]
  /** The chance of any false verdict that is accepted; 0.05 unless a part of it was spent before. */
  readonly alpha?: number
  /** How the runs came to be, where that must be known, as whole sentences. */
  readonly notes?: readonly string[]
}

/** One figure of both sides: a value for each run that has one, in the metric's unit; infinite where it never came. */
export interface ComparisonRow {
  readonly figure: Figure
  readonly base: readonly number[]
  readonly head: readonly number[]
  /**
   * `ratio`: changes are shares of the base, 0.1 is 10 % more. `difference`: they are in the metric's unit, because it
   * is a share itself, or 0 in some run.
   */
  readonly scale: 'ratio' | 'difference'
  /** The same shift in the metric's unit, with its own uncorrected interval. */
  readonly by: Shift
  readonly judgement: Judgement
}

export interface Comparison {
  readonly base: { readonly label: string; readonly runs: number }
  readonly head: { readonly label: string; readonly runs: number }
  readonly rows: readonly ComparisonRow[]
  /** Figures that one side alone has. */
  readonly onesided: readonly (Figure & { readonly side: 'base' | 'head' })[]
  /** Why this should not have been compared; empty unless forced. */
  readonly obstacles: readonly string[]
  /** How the runs came to be, where that must be known, as whole sentences. */
  readonly notes: readonly string[]
}

const alikeHint =
  'Compare runs made alike, say by --vary what the sides are meant to differ in, or use --force to compare them all the same.'

/** @throws UserError when the sides are not comparable, unless forced, and when there is nothing to compare. */
export function compare(
  base: readonly Report[],
  head: readonly Report[],
  {
    wanted = usualFigures,
    leastChange = 0.05,
    force = false,
    varied = [],
    alpha = usualAlpha,
    notes = [],
  }: CompareOptions = {},
): Comparison {
  const against = obstacles(base, head, varied)
  if (against.length > 0 && !force) {
    throw new UserError(`These runs can not be compared. ${against[0]}`, {
      hint: [...against.slice(1), alikeHint].join('\n'),
    })
  }
  const figures = figuresOf([...base, ...head], wanted).map((figure) => {
    const [x, y] = [valuesOf(base, figure), valuesOf(head, figure)]
    return { figure, base: x, head: y, scale: scaleOf(figure, [...x, ...y]), by: shiftBetween(x, y) }
  })
  const twosided = figures.filter(({ base, head }) => base.length > 0 && head.length > 0)
  if (twosided.length === 0) {
    const names = wanted.filter(({ ifAny }) => !ifAny).map(wantedText)
    throw new UserError(`There is nothing to compare: no phase of both sides has ${names.join(', ')}.`, {
      hint: 'Name another with --metric, such as --metric publish_latency:p50.',
    })
  }
  const judgements = judge(
    twosided.map((row) => ({
      base: scaled(row.base, row.scale),
      head: scaled(row.head, row.scale),
      leastShift: leastShiftOf(row, leastChange),
      better: row.figure.better,
      hasLost: hasLost(row, base.length, head.length),
    })),
    alpha,
  )
  return {
    base: { label: labelOf(base), runs: base.length },
    head: { label: labelOf(head), runs: head.length },
    rows: twosided.map((row, index) => ({ ...row, judgement: judgements[index]! })),
    onesided: figures
      .filter((row) => !twosided.includes(row))
      .map(({ figure, base }) => ({ ...figure, side: base.length > 0 ? 'base' : 'head' })),
    obstacles: against,
    notes,
  }
}

/** A ratio, unless there is none: of 0, and of shares, of which 99 % and 98 % are told apart by what is missing. */
export function scaleOf({ definition }: Figure, values: readonly number[]): ComparisonRow['scale'] {
  return definition.type === 'rate' || values.some((value) => value <= 0) ? 'difference' : 'ratio'
}

export function scaled(values: readonly number[], scale: ComparisonRow['scale']): readonly number[] {
  return scale === 'ratio' ? values.map(Math.log) : values
}

/** Of a share of successes, a part of what is missing to all: of 99 %, 5 % are 0.05 points. */
export function leastShiftOf(
  { figure, base, scale }: Pick<ComparisonRow, 'figure' | 'base' | 'scale'>,
  leastChange: number,
): number {
  if (scale === 'ratio') return Math.log1p(leastChange)
  const middle = median(base)
  if (!Number.isFinite(middle)) return 0
  const isSuccess = figure.definition.type === 'rate' && figure.better === 'higher'
  return leastChange * (isSuccess ? 1 - middle : Math.abs(middle))
}

/** The worst that was found; undefined where there were too few runs for any verdict. */
export function overall({ rows, onesided, base, head }: Comparison): CompareVerdict | undefined {
  const verdicts = rows.flatMap(({ judgement: { verdict } }) => verdict ?? [])
  if (verdicts.length === 0) return undefined
  // What the head has lost wholly, or so often that too few are left to judge, may have got worse: nobody knows.
  const isLost = rows.some((row) => row.judgement.verdict === undefined && hasLost(row, base.runs, head.runs))
  if (isLost || onesided.some(({ side }) => side === 'base')) verdicts.push('INCONCLUSIVE')
  return (['REGRESSED', 'INCONCLUSIVE', 'IMPROVED', 'SAME'] as const).find((verdict) => verdicts.includes(verdict))
}

/** Is the figure missing in more of the head's runs than of the base's? */
function hasLost({ base, head }: Pick<ComparisonRow, 'base' | 'head'>, ofBase: number, ofHead: number): boolean {
  return head.length / ofHead < base.length / ofBase
}

/** In the order of the reports; those that have none are left out. */
export function valuesOf(reports: readonly Report[], figure: Figure): number[] {
  return reports.flatMap((report) => valueIn(report, figure) ?? [])
}

function labelOf(reports: readonly Report[]): string {
  return [...new Set(reports.map(({ build }) => build.label))].join(', ')
}
