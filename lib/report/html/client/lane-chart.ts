import type { ChartData, Lane } from '../chart-data.ts'
import { formatMoment } from '../format.ts'
import { readable } from '../readable.ts'
import { onForget } from './forget.ts'
import type { Range, Zoom } from './zoom.ts'

/** Pixels below which a bar's name can't be read. */
const leastWidth = 26

/** Swim lanes: what everything was at each time. Elements and not a canvas, so that their names can be read and printed. */
export function laneChart(place: HTMLElement, { lanes }: ChartData, zoom: Zoom): void {
  const rows = lanes.map((lane) => ({ lane, ...row(lane) }))
  place.replaceChildren(...rows.map(({ element }) => element))
  let width = 0
  const lay = () => {
    width = Math.max(rows[0]?.track.clientWidth ?? 0, leastWidth)
    for (const { lane, track } of rows) track.replaceChildren(...bars(lane, zoom.range, width))
  }
  const watch = new ResizeObserver(() => {
    if (rows[0]?.track.clientWidth !== width) lay()
  })
  watch.observe(place)
  onForget(() => watch.disconnect())
  zoom.onChange(lay)
  lay()
}

function row({ title }: Lane): { readonly element: HTMLElement; readonly track: HTMLElement } {
  const track = make('div', 'track')
  track.role = 'list'
  track.ariaLabel = title
  const name = make('div', 'lane-name', title)
  name.title = title
  name.ariaHidden = 'true'
  const element = make('div', 'lane')
  element.append(name, track)
  return { element, track }
}

/** What is shown of a lane, so wide that it can be read. */
function bars({ title, spans }: Lane, { from, to }: Range, width: number): HTMLElement[] {
  const perSecond = width / (to - from)
  return readable(
    spans.filter((span) => span.to >= from && span.from <= to),
    leastWidth / perSecond,
  ).map((span) => {
    const start = Math.max(span.from, from)
    const seconds = Math.min(span.to, to) - start
    const bar = make('span', `bar tone-${span.tone}${span.merged ? ' merged' : ''}`)
    if (seconds * perSecond >= leastWidth) bar.textContent = span.label
    const said = `${span.label}, ${formatMoment(span.from)} to ${formatMoment(span.to)}`
    bar.title = `${title}: ${said}`
    bar.role = 'listitem'
    bar.ariaLabel = said
    bar.style.left = `${(100 * (start - from)) / (to - from)}%`
    bar.style.width = `${(100 * seconds) / (to - from)}%`
    return bar
  })
}

function make(name: string, className: string, text?: string): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
