import { windowLabel } from '../../measure/index.ts'
import { counted, formatValue } from '../numbers.ts'
import type { Column, Tone } from '../tables/column.ts'
import { toAscii } from '../terminal/ascii.ts'
import { palette } from '../terminal/colour.ts'
import type { SummaryOptions } from '../terminal/summary.ts'
import { layTable } from '../terminal/table.ts'
import { type Comparison, type ComparisonRow, overall } from './compare.ts'
import type { Figure } from './figures.ts'
import { type CompareVerdict, leastRuns } from './judge.ts'
import { median } from './shift.ts'

const tones: Readonly<Record<CompareVerdict, Tone>> = {
  REGRESSED: 'bad',
  IMPROVED: 'good',
  SAME: 'dim',
  INCONCLUSIVE: 'caution',
}

/** Of every output that shows a comparison. */
export const columns: readonly Column<ComparisonRow>[] = [
  {
    title: 'Figure',
    align: 'left',
    shrinks: true,
    text: ({ figure }) => figureLabel(figure),
  },
  { title: 'runs', align: 'right', worth: 2, text: ({ base, head }) => `${base.length}+${head.length}` },
  { title: 'base', align: 'right', text: ({ figure, base }) => valueText(median(base), figure) },
  { title: 'head', align: 'right', text: ({ figure, head }) => valueText(median(head), figure) },
  {
    title: 'by',
    align: 'right',
    worth: 4,
    text: (row) => change(row.by.estimate, { ...row, scale: 'difference' }),
  },
  { title: 'change', align: 'right', text: (row) => change(row.judgement.shift.estimate, row) },
  {
    title: '95% interval',
    align: 'right',
    text: (row) => {
      const { interval } = row.judgement.shift
      return interval ? `${change(interval.low, row)} to ${change(interval.high, row)}` : '–'
    },
  },
  { title: 'noise', align: 'right', worth: 3, text: (row) => size(row.judgement.noiseFloor, row) },
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

/** One line: the verdict, and of what. */
function headOf(comparison: Comparison): string {
  const { base, head } = comparison
  const sides = `${base.label} (${counted(base.runs, 'run')}) → ${head.label} (${counted(head.runs, 'run')})`
  return `${overall(comparison) ?? 'NO VERDICT'}: ${sides}`
}

/** What must be known to read the table, as whole sentences. */
function notesOf({ base, head, rows, onesided, obstacles }: Comparison): string[] {
  const few = rows.some(({ judgement }) => judgement.verdict === undefined)
  const lost = rows.flatMap((row) => {
    const missing = [
      ...(row.base.length < base.runs ? [`${base.runs - row.base.length} of ${base.runs} base runs`] : []),
      ...(row.head.length < head.runs ? [`${head.runs - row.head.length} of ${head.runs} head runs`] : []),
    ]
    return missing.length > 0 ? [`${figureLabel(row.figure)}: ${missing.join(' and ')} have none.`] : []
  })
  const never = rows.some(({ base, head }) => [...base, ...head].includes(Number.POSITIVE_INFINITY))
  return [
    ...obstacles.map((obstacle) => `Forced: ${obstacle}`),
    ...(few ? [`Fewer than ${leastRuns} runs on a side describe, but can not be judged.`] : []),
    ...onesided.map((figure) => `Only the ${figure.side} has ${figureLabel(figure)}.`),
    ...lost,
    ...(never ? ['never: so many failed or were not answered that the figure falls on one of them.'] : []),
    'Each run counts as one value. In latencies, what failed or was never answered counts as slower than all else.',
  ]
}

function figureLabel({ definition, name, stretch: { phase, window } }: Figure): string {
  return [`${definition.name} ${name}`, phase, ...(window.kind === 'baseline' ? [] : [windowLabel(window)])].join(' · ')
}

function valueText(value: number, { definition, aggregation }: Figure): string {
  if (!Number.isFinite(value)) return 'never'
  if (definition.type === 'rate') return `${Number((value * 100).toPrecision(6))}%`
  return aggregation.kind === 'count' && definition.type !== 'counter'
    ? formatValue(value, 'count')
    : formatValue(value, definition.unit)
}

function change(shift: number, row: ComparisonRow): string {
  return (shift < 0 ? '-' : '+') + size(Math.abs(shift), row, shift < 0 ? -1 : 1)
}

/** Of a shift without its sign; a ratio's size depends on the direction: half is −50 %, twice is +100 %. */
function size(shift: number, { figure, scale }: ComparisonRow, direction: 1 | -1 = 1): string {
  if (scale === 'ratio') {
    const by = Math.abs(Math.expm1(direction * shift)) * 100
    return Number.isFinite(by) ? `${by.toFixed(1)}%` : 'inf'
  }
  if (!Number.isFinite(shift)) return 'inf'
  if (figure.definition.type === 'rate') return `${Number((shift * 100).toPrecision(3))} points`
  return valueText(shift, figure)
}
