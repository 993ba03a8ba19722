import type { Column } from '../tables/column.ts'
import type { Line, Panel, Spread } from './chart-data.ts'
import { formatValue } from './format.ts'
import { html, type Markup } from './markup.ts'
import { table } from './table.ts'

/** A chart's place, and what it shows as figures: for who can't see it, and where no script runs. */
export function figures(panel: Panel): Markup {
  const { id, title, about, unit, lines } = panel
  const show = (value: number | null) => formatValue(value, unit)
  const column = (title: keyof Spread): Column<Line> => ({
    title,
    align: 'right',
    text: ({ spread }) => show(spread[title]),
  })
  const columns: Column<Line>[] = [
    { title: `${title}, over its intervals`, align: 'left', text: ({ label }) => label },
    column('lowest'),
    column('median'),
    column('highest'),
  ]
  const said = lines.map(({ label, spread }) => `${label} ${show(spread.median)}, at most ${show(spread.highest)}`)
  return html`<h3>${title}</h3>
<p class="about">${about}</p>
<div class="chart panel" id="panel-${id}" tabindex="0" role="group" aria-roledescription="chart" aria-label="${title}. Medians: ${said.join('; ')}"></div>
<details><summary>figures</summary>${table(columns, lines)}</details>`
}
