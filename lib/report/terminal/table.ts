import type { Column, Tone } from '../tables/column.ts'
import type { Paint } from './colour.ts'
import type { Paper } from './paper.ts'
import { clean, textWidth, truncate, wrap } from './text.ts'

export interface Table<Row> {
  /** Header first, each at most as wide as the paper. */
  readonly lines: string[]
  readonly shown: readonly Column<Row>[]
}

const indent = '  '
const narrowest = 8

/**
 * Lays out a table under a header whose first title is the table's own. It is aligned, and made to fit the paper: gaps
 * narrowed, then columns left out, then one cut short, or wrapped.
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

  const linesFor = (cell: (one: (typeof shown)[number], index: number) => [text: string, paint: Paint | undefined]) => {
    const cells = shown.map((one, index) => {
      const [text, paint = plain] = cell(one, index)
      return { ...one, paint, parts: one.column.wraps ? wrapCell(text, one.width) : [truncate(text, one.width)] }
    })
    return Array.from({ length: Math.max(...cells.map(({ parts }) => parts.length)) }, (_, below) =>
      cells
        .map(({ column, width, paint, parts }) => {
          const part = parts[below] ?? ''
          const space = ' '.repeat(width - textWidth(part))
          return column.align === 'right' ? space + paint(part) : paint(part) + space
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    )
  }
  const header = linesFor(({ column }, index) => [column.title, index === 0 ? paper.paint.strong : paper.paint.dim])
  const body = rows.flatMap((row, index) =>
    linesFor(({ column, texts }) => [texts[index]!, paintOf(column.tone?.(row), paper)]),
  )
  return { lines: [...header, ...body], shown: shown.map(({ column }) => column) }
}

/** A cell as lines of at most `width` columns, those below the first set in. */
function wrapCell(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text]
  const own = text.startsWith(indent) ? indent : ''
  const [first = '', ...more] = wrap(text, width - own.length - indent.length)
  return [own + first, ...more.map((line) => own + indent + line)]
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
