import { markdownTable, markdownText } from '../markdown-text.ts'
import { toAscii } from '../terminal/ascii.ts'
import { palette } from '../terminal/colour.ts'
import { paragraph } from '../terminal/paper.ts'
import type { SummaryOptions } from '../terminal/summary.ts'
import { layTable } from '../terminal/table.ts'
import { truncate } from '../terminal/text.ts'
import type { BuildHistory } from './history.ts'
import { plotLine, sparkline } from './plot.ts'
import { buildColumns, buildRows, headOf, lineColumns, notesOf } from './table.ts'

export interface HistoryView {
  /** A plot and a row for each build of every line, and not only a row for each line. */
  readonly detailed: boolean
}

/** The history for a terminal; ends with a newline. */
export function renderHistory(
  history: BuildHistory,
  { colour, width, unicode = true, detailed }: SummaryOptions & HistoryView,
): string {
  const paper = { width: Math.max(50, width), paint: palette(colour) }
  const parts = detailed
    ? history.lines.map((line) => [
        ...layTable(buildColumns(line), buildRows(line), paper).lines,
        '',
        ...plotLine(line, paper.width),
      ])
    : [layTable(lineColumns(sparkline), history.lines, paper).lines]
  const lines = [
    paper.paint.strong(truncate(headOf(history), paper.width)),
    ...parts.flatMap((part) => ['', ...part]),
    '',
    ...notesOf(history).flatMap((note) => paragraph('', note, paper)),
    '',
  ]
  return unicode ? lines.join('\n') : toAscii(lines.join('\n'))
}

/** The history as GitHub's Markdown. */
export function historyMarkdown(history: BuildHistory, { detailed }: HistoryView): string {
  const tables = detailed
    ? history.lines.map((line) => markdownTable(buildColumns(line), buildRows(line)))
    : [markdownTable(lineColumns(sparkline), history.lines)]
  const notes = notesOf(history).map((note) => `- ${markdownText(note)}`)
  return `${[`## ${markdownText(headOf(history))}`, ...tables, notes.join('\n')].join('\n\n')}\n`
}
