import { formatDuration } from '../../measure/index.ts'
import { exact } from '../numbers.ts'
import type { Column } from '../tables/column.ts'
import type { Heatmap } from './chart-data.ts'
import { formatMoment, formatValue } from './format.ts'
import { html, type Markup } from './markup.ts'
import { table } from './table.ts'

/** A row of a heatmap, over the whole run. */
interface Range {
  readonly name: string
  readonly samples: number
  readonly share: number
  /** Seconds: the column in which it had the most. */
  readonly mostAt: number
}

/** A heatmap's place, and what it shows as figures: for who can't see it, and where no script runs. */
export function heatmapFigures(heatmap: Heatmap): Markup {
  const { id, title, at } = heatmap
  const ranges = rangesOf(heatmap)
  const fullest = ranges.reduce((most, range) => (range.samples > most.samples ? range : most))
  const said = `${title}. Most samples, ${share(fullest)}, took ${fullest.name}; the slowest ${ranges.at(-1)!.name}`
  return html`<h3>${title}</h3>
<p class="about">The stronger the colour, the more samples. Each column stands for ${formatDuration((at[1]! - at[0]!) * 1_000)}.</p>
<div class="chart heatmap" id="heatmap-${id}" tabindex="0" role="group" aria-roledescription="chart" aria-label="${said}"></div>
<details><summary>figures</summary>${table(columns, ranges, `${title}, by how long they took`)}</details>`
}

const columns: readonly Column<Range>[] = [
  { title: 'latency', align: 'left', text: ({ name }) => name },
  { title: 'samples', align: 'right', text: ({ samples }) => exact(samples) },
  { title: 'share', align: 'right', text: share },
  { title: 'most at', align: 'right', text: ({ mostAt }) => formatMoment(mostAt) },
]

/** Those that have samples, fastest first. */
function rangesOf({ at, edges, counts }: Heatmap): Range[] {
  const row = (index: number) => counts.map((column) => column[index]!)
  const all = counts.flat().reduce((sum, count) => sum + count, 0)
  return edges.slice(1).flatMap((top, index) => {
    const over = row(index)
    const samples = over.reduce((sum, count) => sum + count, 0)
    if (samples === 0) return []
    const name = `${formatValue(edges[index]!, 'time')} to ${formatValue(top, 'time')}`
    return [{ name, samples, share: samples / all, mostAt: at[over.indexOf(Math.max(...over))]! }]
  })
}

function share(range: Range): string {
  return formatValue(range.share, 'share')
}
