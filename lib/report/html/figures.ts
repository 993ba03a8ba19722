import type { Column } from '../tables/column.ts'
import type { Line, Panel } from './chart-data.ts'
import { formatValue } from './format.ts'
import { html, type Markup } from './markup.ts'
import { table } from './table.ts'

/** A chart's place, and what it shows as figures: for who can't see it, and where no script runs. */
export function figures(panel: Panel): Markup {
  const { id, title, about, unit, lines } = panel
  const spreads = lines.map((line) => ({ line, ...spread(line) }))
  const show = (value: number | undefined) => formatValue(value, unit)
  const column = (title: 'lowest' | 'median' | 'highest'): Column<(typeof spreads)[number]> => ({
    title,
    align: 'right',
    text: (one) => show(one[title]),
  })
  const columns: Column<(typeof spreads)[number]>[] = [
    { title: `${title}, over its intervals`, align: 'left', text: ({ line }) => line.label },
    column('lowest'),
    column('median'),
    column('highest'),
  ]
  const said = spreads.map(({ line, median, highest }) => `${line.label} ${show(median)}, at most ${show(highest)}`)
  return html`<h3>${title}</h3>
<p class="about">${about}</p>
<div class="chart panel" id="panel-${id}" tabindex="0" role="group" aria-roledescription="chart" aria-label="${title}. Medians: ${said.join('; ')}"></div>
<details><summary>figures</summary>${table(columns, spreads)}</details>`
}

interface Spread {
  readonly lowest: number | undefined
  readonly median: number | undefined
  readonly highest: number | undefined
}

function spread({ values }: Line): Spread {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  return { lowest: sorted[0], median: sorted[Math.floor((sorted.length - 1) / 2)], highest: sorted.at(-1) }
}
