import type { ChartData, LaneSpan } from '../chart-data.ts'
import { formatMoment } from '../format.ts'
import type { Zoom } from './zoom.ts'

/** Swim lanes: what everything was at each time. Elements and not a canvas, so that their names can be read and printed. */
export function laneChart(place: HTMLElement, { lanes }: ChartData, zoom: Zoom): void {
  const bars: { readonly span: LaneSpan; readonly bar: HTMLElement }[] = []
  const rows = lanes.map(({ title, spans }) => {
    const track = element('div', 'track')
    for (const span of spans) {
      const bar = element('span', `bar tone-${span.tone}`, span.label)
      bar.title = `${title}: ${span.label}, ${formatMoment(span.from)} to ${formatMoment(span.to)}`
      bars.push({ span, bar })
      track.append(bar)
    }
    const name = element('div', 'lane-name', title)
    name.title = title
    const row = element('div', 'lane')
    row.append(name, track)
    return row
  })
  const lay = () => {
    const { from, to } = zoom.range
    for (const { span, bar } of bars) {
      const start = Math.max(span.from, from)
      const end = Math.min(span.to, to)
      bar.hidden = end < start
      bar.style.left = `${(100 * (start - from)) / (to - from)}%`
      bar.style.width = `${(100 * (end - start)) / (to - from)}%`
    }
  }
  zoom.onChange(lay)
  lay()
  place.replaceChildren(...rows)
}

function element(name: string, className: string, text?: string): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
