import { UserError } from '../../errors.ts'
import { type ComparisonRow, leastShiftOf, scaled, scaleOf } from '../compare/compare.ts'
import type { Figure } from '../compare/figure.ts'
import { figureLabel } from '../compare/figure-words.ts'
import { figureKey } from '../compare/figures.ts'
import { median } from '../compare/shift.ts'
import { canShow, changePoints } from './change-points.ts'
import type { HistoryRun, HistoryValue } from './run.ts'
import { grouped, type HistoryOrder, namesOf, selectRuns } from './select.ts'
import { type LineChange, levelsOf } from './shifts.ts'

/** One figure over the builds that have it, oldest first. */
export interface HistoryLine {
  readonly figure: Figure
  /** As in a comparison: are changes ratios, or differences in the metric's unit? */
  readonly scale: ComparisonRow['scale']
  readonly builds: readonly BuildPoint[]
  readonly changes: readonly LineChange[]
  /** False where there are too few runs for any change to be shown. */
  readonly canShow: boolean
}

/** In the metric's unit; infinite where it falls on what never came. */
export interface BuildPoint {
  readonly build: string
  /** ISO 8601: when the first of its runs started. */
  readonly startedAt: string
  readonly values: readonly number[]
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface BuildHistory {
  /** Of the newest run: its path. */
  readonly script: string
  readonly builds: number
  readonly runs: number
  readonly lines: readonly HistoryLine[]
  /** What is not in the lines, and why, as whole sentences. */
  readonly leftOut: readonly string[]
}

export interface HistoryOptions {
  readonly order?: HistoryOrder
  /** As a share: a change by less is not marked. */
  readonly leastChange?: number
}

/** The chance that a history of builds that do not differ has any change marked. */
const alpha = 0.05

/** @throws UserError when no run has what was asked for. */
export function historyOf(
  all: readonly HistoryRun[],
  { order = 'time', leastChange = 0.05 }: HistoryOptions = {},
): BuildHistory {
  const { builds, leftOut } = selectRuns(all, order)
  const runs = builds.flatMap((build) => build.runs)
  const [newest] = runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
  if (!newest) throw new UserError(`None of these runs can be in a history. ${leftOut[0] ?? ''}`.trim())
  const figures = figuresOf(runs)
  if (figures.length === 0) {
    const refused = newest.refused.find((sentence, index) => sentence && runs.every((run) => run.refused[index]))
    throw new UserError(refused ?? 'No phase of these runs has such a figure.', {
      hint: 'Name another with --metric, such as --metric publish_latency:p50.',
    })
  }
  const lines = figures.map((figure): HistoryLine => {
    const key = figureKey(figure)
    const points = builds.flatMap(({ label, runs }) => pointOf(label, runs, key) ?? [])
    const scale = scaleOf(
      figure,
      points.flatMap(({ values }) => values),
    )
    const values = points.map((point) => scaled(point.values, scale))
    const ofOne = alpha / figures.length
    const least = leastShiftOf({ figure, base: points[0]!.values, scale }, leastChange)
    return {
      figure,
      scale,
      builds: points,
      changes: levelsOf(values, changePoints(values, ofOne), least),
      canShow: canShow(
        values.map(({ length }) => length),
        ofOne,
      ),
    }
  })
  const lacking = lackingIn(
    builds.map(({ label }) => label),
    lines,
  )
  return {
    script: newest.script,
    builds: builds.length,
    runs: runs.length,
    lines,
    leftOut: [...leftOut, ...lacking],
  }
}

/** A line ends with the last build that has its figure: that a later one has it no more would not be seen. */
function lackingIn(labels: readonly string[], lines: readonly HistoryLine[]): string[] {
  const namesFor = ({ builds }: HistoryLine) => {
    const without = labels.filter((label) => builds.every(({ build }) => build !== label))
    return without.length > 0 ? namesOf(without) : ''
  }
  return [...grouped(lines, namesFor)].flatMap(([names, some]) =>
    names === '' ? [] : [`None in ${names}: ${some.map(({ figure }) => figureLabel(figure)).join(', ')}.`],
  )
}

/** Every figure of the runs, but for those that are left out where they are 0 everywhere. */
function figuresOf(runs: readonly HistoryRun[]): Figure[] {
  const figures = new Map<string, Figure>()
  for (const { figure, value, ifAny } of runs.flatMap(({ values }) => values)) {
    const key = figureKey(figure)
    if (!figures.has(key) && !(ifAny && value === 0)) figures.set(key, figure)
  }
  return [...figures.values()]
}

function pointOf(build: string, runs: readonly HistoryRun[], key: string): BuildPoint | undefined {
  const isIt = ({ figure }: HistoryValue) => figureKey(figure) === key
  const values = runs.flatMap((run) => run.values.filter(isIt).map(({ value }) => value))
  if (values.length === 0) return undefined
  return {
    build,
    startedAt: runs[0]!.startedAt,
    values,
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
  }
}
