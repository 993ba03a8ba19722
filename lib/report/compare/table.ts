import { windowLabel } from '../../measure/index.ts'
import { counted } from '../numbers.ts'
import type { Column, Tone } from '../tables/column.ts'
import { toAscii } from '../terminal/ascii.ts'
import { palette } from '../terminal/colour.ts'
import type { SummaryOptions } from '../terminal/summary.ts'
import { layTable } from '../terminal/table.ts'
import { type Comparison, type ComparisonRow, overall } from './compare.ts'
import { type CompareVerdict, leastRuns } from './judge.ts'
import { median } from './shift.ts'

const tones: Readonly<Record<CompareVerdict, Tone>> = {
  REGRESSED: 'bad',
  IMPROVED: 'good',
  SAME: 'dim',
  INCONCLUSIVE: 'caution',
}

const columns: readonly Column<ComparisonRow>[] = [
  {
    title: 'Figure',
    align: 'left',
    shrinks: true,
    text: ({ figure: { metric, percentile, stretch } }) =>
      `${metric} ${percentile} · ${stretch.phase}${stretch.window.kind === 'baseline' ? '' : ` · ${windowLabel(stretch.window)}`}`,
  },
  { title: 'runs', align: 'right', worth: 2, text: ({ base, head }) => `${base.length}+${head.length}` },
  { title: 'base', align: 'right', text: ({ figure, base }) => figure.format(median(base)) },
  { title: 'head', align: 'right', text: ({ figure, head }) => figure.format(median(head)) },
  { title: 'change', align: 'right', text: ({ judgement }) => change(judgement.shift.estimate) },
  {
    title: '95% interval',
    align: 'right',
    text: ({ judgement: { shift } }) =>
      shift.interval ? `${change(shift.interval.low)} to ${change(shift.interval.high)}` : '–',
  },
  { title: 'noise', align: 'right', worth: 3, text: ({ judgement }) => `${share(judgement.noiseFloor)}%` },
  { title: 'p (Holm)', align: 'right', worth: 1, text: ({ judgement }) => judgement.adjustedP.toPrecision(2) },
  {
    title: 'verdict',
    align: 'left',
    text: ({ judgement: { verdict, moreRuns } }) =>
      `${verdict ?? 'no verdict'}${moreRuns === undefined ? '' : `, about ${moreRuns} more runs`}`,
    tone: ({ judgement: { verdict } }) => verdict && tones[verdict],
  },
]

/** The comparison for a terminal; ends with a newline. */
export function renderComparison(comparison: Comparison, { colour, width, unicode = true }: SummaryOptions): string {
  const paper = { width: Math.max(50, width), paint: palette(colour) }
  const text = [
    headOf(comparison),
    '',
    ...layTable(columns, comparison.rows, paper).lines,
    '',
    ...notesOf(comparison),
    '',
  ]
  return unicode ? text.join('\n') : toAscii(text.join('\n'))
}

/** The comparison as GitHub's Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  const cell = (text: string) => text.replace(/[\\|<>&`*_[\]~]/g, '\\$&').replace(/\s+/g, ' ')
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return `${[
    `## ${cell(headOf(comparison))}`,
    '',
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...comparison.rows.map((row) => line(columns.map(({ text }) => cell(text(row))))),
    '',
    ...notesOf(comparison).map((note) => `- ${cell(note)}`),
  ].join('\n')}\n`
}

function headOf(comparison: Comparison): string {
  const { base, head } = comparison
  const sides = `${base.label} (${counted(base.runs, 'run')}) → ${head.label} (${counted(head.runs, 'run')})`
  return `${overall(comparison) ?? 'NO VERDICT'}: ${sides}`
}

function notesOf({ rows, onesided, obstacles }: Comparison): string[] {
  const few = rows.some(({ judgement }) => judgement.verdict === undefined)
  return [
    ...obstacles.map((obstacle) => `Forced: ${obstacle}`),
    ...(few ? [`Fewer than ${leastRuns} runs on a side describe, but can not be judged.`] : []),
    ...onesided.map(
      ({ metric, percentile, stretch }) =>
        `Only one side has ${metric} ${percentile} in ${stretch.phase}, ${windowLabel(stretch.window)}.`,
    ),
    'Each run counts as one value. Of failed and unanswered messages these figures say nothing.',
  ]
}

function change(shift: number): string {
  return `${shift < 0 ? '-' : '+'}${share(Math.abs(Math.expm1(shift)), true)}%`
}

function share(value: number, plain = false): string {
  return ((plain ? value : Math.expm1(value)) * 100).toFixed(1)
}
