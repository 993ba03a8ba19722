import type { Column, Tone } from '../tables/column.ts'
import type { Paint } from './colour.ts'
import type { Paper } from './paper.ts'
import { clean, textWidth, truncate } from './text.ts'

export interface Table<Row> {
  /** Header first, each at most as wide as the paper. */
  readonly lines: string[]
  readonly shown: readonly Column<Row>[]
}

const indent = '  '
const narrowest = 8

/**
 * Lays out a table under a header whose first title is the table's own. It is aligned, and made to fit the paper: gaps
 * narrowed, then columns left out, then one cut short.
 */
export function layTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], paper: Paper): Table<Row> {
  let shown = columns.map((column, index) => {
    const texts = rows.map((row) => (index === 0 ? indent : '') + clean(column.text(row)))
    return { column, texts, width: Math.max(textWidth(column.title), ...texts.map(textWidth)) }
  })
  const over = (gap: number) => shown.reduce((sum, { width }) => sum + width + gap, -gap) - paper.width
  while (over(1) > 0) {
    const least = shown.reduce((least, one) => (worthOf(one) < worthOf(least) ? one : least))
    if (worthOf(least) === Number.POSITIVE_INFINITY) break
    shown = shown.filter((one) => one !== least)
  }
  const gap = over(2) <= 0 ? 2 : 1
  const shrinking = shown.find(({ column }) => column.shrinks)
  if (shrinking && over(gap) > 0) shrinking.width = Math.max(narrowest, shrinking.width - over(gap))

  const line = (cell: (one: (typeof shown)[number], index: number) => [text: string, paint: Paint | undefined]) =>
    shown
      .map((one, index) => {
        const [text, paint = plain] = cell(one, index)
        const cut = truncate(text, one.width)
        const space = ' '.repeat(one.width - textWidth(cut))
        return one.column.align === 'right' ? space + paint(cut) : paint(cut) + space
      })
      .join(' '.repeat(gap))
      .trimEnd()
  const header = line(({ column }, index) => [column.title, index === 0 ? paper.paint.strong : paper.paint.dim])
  const body = rows.map((row, index) =>
    line(({ column, texts }) => [texts[index]!, paintOf(column.tone?.(row), paper)]),
  )
  return { lines: [header, ...body], shown: shown.map(({ column }) => column) }
}

function worthOf({ column: { worth } }: { readonly column: { readonly worth?: number } }): number {
  return worth ?? Number.POSITIVE_INFINITY
}

function paintOf(tone: Tone | undefined, { paint }: Paper): Paint | undefined {
  return tone && paint[tone]
}

function plain(text: string): string {
  return text
}
