import type { Column } from './tables/column.ts'

/** One line that Markdown, GitHub's mentions and the HTML in it take for what it is. */
export function markdownText(value: string): string {
  return value
    .replace(/[\p{Control}\s]+/gu, ' ')
    .replace(/[\\`*_{}[\]<>|#~&]/g, '\\$&')
    .replaceAll('@', '@\u200b')
    .trim()
}

/** A table of GitHub's; empty without rows. */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => markdownText(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((column) => markdownText(column.text(row))))),
  ].join('\n')
}
