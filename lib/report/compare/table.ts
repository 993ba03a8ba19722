import { markdownTable, markdownText } from '../markdown-text.ts'
import { counted, exact } from '../numbers.ts'
import type { Column, Tone } from '../tables/column.ts'
import { toAscii } from '../terminal/ascii.ts'
import { palette } from '../terminal/colour.ts'
import type { SummaryOptions } from '../terminal/summary.ts'
import { layTable } from '../terminal/table.ts'
import { clean } from '../terminal/text.ts'
import { type Comparison, type ComparisonRow, overall } from './compare.ts'
import { changeText, figureLabel, sizeText, valueText } from './figure-words.ts'
import { type CompareVerdict, leastRuns } from './judge.ts'
import { mostMoreRuns } from './more-runs.ts'
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
    wraps: true,
    text: ({ figure }) => figureLabel(figure),
  },
  { title: 'runs', align: 'right', worth: 2, text: ({ base, head }) => `${base.length}+${head.length}` },
  { title: 'base', align: 'right', text: ({ figure, base }) => valueText(median(base), figure) },
  { title: 'head', align: 'right', text: ({ figure, head }) => valueText(median(head), figure) },
  {
    title: 'by',
    align: 'right',
    worth: 4,
    text: (row) => changeText(row.by.estimate, { ...row, scale: 'difference' }),
  },
  { title: 'change', align: 'right', text: (row) => changeText(row.judgement.shift.estimate, row) },
  {
    title: '95% interval',
    align: 'right',
    text: (row) => {
      const { interval } = row.judgement.shift
      return interval ? `${changeText(interval.low, row)} to ${changeText(interval.high, row)}` : '–'
    },
  },
  {
    title: 'noise',
    align: 'right',
    worth: 3,
    text: (row) => {
      const { noiseFloor } = row.judgement
      return noiseFloor === undefined ? '–' : sizeText(noiseFloor, row)
    },
  },
  { title: 'p (Holm)', align: 'right', worth: 1, text: ({ judgement }) => judgement.adjustedP?.toPrecision(2) ?? '–' },
  {
    title: 'verdict',
    align: 'left',
    text: ({ judgement: { verdict, moreRuns } }) =>
      `${verdict ?? 'no verdict'}${moreRuns === undefined ? '' : `, ${moreRunsText(moreRuns)}`}`,
    tone: ({ judgement: { verdict } }) => verdict && tones[verdict],
  },
]

/** The comparison for a terminal; ends with a newline. */
export function renderComparison(comparison: Comparison, { colour, width, unicode = true }: SummaryOptions): string {
  const paper = { width: Math.max(50, width), paint: palette(colour) }
  const text = [
    clean(headOf(comparison)),
    '',
    ...layTable(columns, comparison.rows, paper).lines,
    '',
    ...notesOf(comparison).map(clean),
    '',
  ]
  return unicode ? text.join('\n') : toAscii(text.join('\n'))
}

/** The comparison as GitHub's Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  return `${[
    `## ${markdownText(headOf(comparison))}`,
    '',
    markdownTable(columns, comparison.rows),
    '',
    ...notesOf(comparison).map((note) => `- ${markdownText(note)}`),
  ].join('\n')}\n`
}

/** One line: the verdict, and of what. */
function headOf(comparison: Comparison): string {
  return `${overall(comparison) ?? 'NO VERDICT'}: ${sidesOf(comparison)}`
}

/** `old (8 runs) → new (8 runs)`. */
export function sidesOf({ base, head }: Comparison): string {
  return `${base.label} (${counted(base.runs, 'run')}) → ${head.label} (${counted(head.runs, 'run')})`
}

/** What must be known to read the table, as whole sentences. */
export function notesOf({ base, head, rows, onesided, obstacles, notes }: Comparison): string[] {
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
    ...notes,
    ...(few ? [`Fewer than ${leastRuns} runs on a side describe, but can not be judged.`] : []),
    ...onesided.map((figure) => `Only the ${figure.side} has ${figureLabel(figure)}.`),
    ...lost,
    ...(never ? ['never: so many failed or were not answered that the figure falls on one of them.'] : []),
    'Each run counts as one value. In latencies, what failed or was never answered counts as slower than all else.',
  ]
}

function moreRunsText(more: number): string {
  return more === mostMoreRuns ? `over ${exact(more)} more runs` : `about ${counted(more, 'more run')}`
}
