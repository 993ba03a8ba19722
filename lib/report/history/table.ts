import { basename } from 'node:path'
import { changeText, figureLabel, valueText } from '../compare/figure-words.ts'
import { counted } from '../numbers.ts'
import type { Column, Tone } from '../tables/column.ts'
import { clean, truncate } from '../terminal/text.ts'
import type { BuildHistory, BuildPoint, HistoryLine } from './history.ts'
import type { LineChange } from './shifts.ts'

const widestName = 30

/** One build of one line. */
export interface BuildRow extends BuildPoint {
  readonly line: HistoryLine
  /** What changed with it. */
  readonly change?: LineChange
}

export function buildRows(line: HistoryLine): BuildRow[] {
  return line.builds.map((point, index) => {
    const change = line.changes.find(({ at }) => at === index)
    return { ...point, line, ...(change && { change }) }
  })
}

/** Of a table with a row for each build. */
export function buildColumns({ figure }: HistoryLine): readonly Column<BuildRow>[] {
  const value = (of: (row: BuildRow) => number) => (row: BuildRow) => valueText(of(row), figure)
  return [
    { title: figureLabel(figure), align: 'left', shrinks: true, wraps: true, text: ({ build }) => build },
    { title: 'first run', align: 'left', worth: 1, text: ({ startedAt }) => startedAt.slice(0, 16).replace('T', ' ') },
    { title: 'runs', align: 'right', worth: 3, text: ({ values }) => String(values.length) },
    { title: 'median', align: 'right', text: value(({ median }) => median) },
    { title: 'lowest', align: 'right', worth: 2, text: value(({ low }) => low) },
    { title: 'highest', align: 'right', worth: 2, text: value(({ high }) => high) },
    {
      title: 'change',
      align: 'left',
      text: ({ line, change }) => (change ? `▲ ${changeWords(line, change)}` : ''),
      tone: ({ line, change }) => change && toneOf(line, change),
    },
  ]
}

/** Of a table with a row for each line; `spark` draws one where there is no better picture. */
export function lineColumns(spark?: (line: HistoryLine) => string): readonly Column<HistoryLine>[] {
  return [
    { title: 'Figure', align: 'left', shrinks: true, wraps: true, text: ({ figure }) => figureLabel(figure) },
    { title: 'builds', align: 'right', worth: 1, text: ({ builds }) => String(builds.length) },
    { title: 'first', align: 'right', worth: 2, text: ({ builds, figure }) => valueText(builds[0]!.median, figure) },
    { title: 'last', align: 'right', text: ({ builds, figure }) => valueText(builds.at(-1)!.median, figure) },
    ...(spark ? [{ title: 'trend', align: 'left', text: spark } as const] : []),
    {
      title: 'changes',
      align: 'left',
      text: (line) =>
        line.changes
          .map(
            (change) => `▲ ${truncate(clean(line.builds[change.at]!.build), widestName)} ${changeWords(line, change)}`,
          )
          .join('; ') || 'none shown',
      tone: (line) => (line.changes.length === 0 ? 'dim' : toneOf(line, line.changes.at(-1)!)),
    },
  ]
}

function changeWords(line: HistoryLine, { shift, p }: LineChange): string {
  return `${changeText(shift, line)} ${isWorse(line, shift) ? 'worse' : 'better'}, p ${p.toPrecision(2)}`
}

function toneOf(line: HistoryLine, { shift }: LineChange): Tone {
  return isWorse(line, shift) ? 'bad' : 'good'
}

export function isWorse({ figure }: HistoryLine, shift: number): boolean {
  return shift > 0 === (figure.better === 'lower')
}

/** One line: of what, and what there is to see. */
export function headOf(history: BuildHistory): string {
  return `${aboutOf(history)}, ${foundOf(history)}`
}

export function aboutOf({ script, builds, runs }: BuildHistory): string {
  return `${basename(script)}: ${counted(builds, 'build')}, ${counted(runs, 'run')}`
}

export function foundOf({ lines }: BuildHistory): string {
  const changes = lines.reduce((sum, line) => sum + line.changes.length, 0)
  return changes === 0 ? 'no change shown' : counted(changes, 'change')
}

/** What must be known to read the lines, as whole sentences. */
export function notesOf({ builds, lines, leftOut }: BuildHistory): string[] {
  const few = lines.filter((line) => line.builds.length > 1 && !line.canShow)
  const never = lines.some((line) => line.builds.some(({ high }) => high === Number.POSITIVE_INFINITY))
  return [
    ...leftOut,
    ...(builds === 1 ? ['There is one build: a change takes a second.'] : []),
    ...(few.length > 0
      ? [
          `Too few runs to show any change${few.length < lines.length ? ` of ${counted(few.length, 'figure')}` : ''}: they would have to be made again more often, or at more builds.`,
        ]
      : []),
    ...(never ? ['never: so many failed or were not answered that the figure falls on one of them.'] : []),
    'Each run counts as one value. ▲ is a build from which on runs differ by more than chance and the least change explain; the machine may have changed instead: squall duel tells.',
  ]
}
