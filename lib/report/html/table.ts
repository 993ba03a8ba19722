import type { Column } from '../tables/column.ts'
import { html, type Markup } from './markup.ts'

/** A column that a page may show as more than text. */
export interface PageColumn<Row> extends Column<Row> {
  readonly markup?: (row: Row) => Markup
}

/** A table whose first column names its rows, and whose caption is the first column's title unless another is given. */
export function table<Row>(
  columns: readonly PageColumn<Row>[],
  rows: readonly Row[],
  caption = columns[0]?.title ?? '',
): Markup {
  const [names, ...others] = columns
  if (!names) return html``
  const cell = (column: Column<Row>, row: Row) => {
    const tone = column.tone?.(row)
    return html`class="${column.align}${tone ? ` ${tone}` : ''}"`
  }
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title, align }, index) => html`<th scope="col" class="${align}">${index === 0 ? html`<span class="unseen">${title}</span>` : title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr><th scope="row" ${cell(names, row)}>${names.text(row)}</th>${others.map(
      (column) => html`<td ${cell(column, row)}>${column.markup?.(row) ?? column.text(row)}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`
}
