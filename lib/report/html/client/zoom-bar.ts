import type { ChartData } from '../chart-data.ts'
import type { Zoom } from './zoom.ts'

const mostButtons = 40

/** Buttons that show the whole run, a phase, or a fault: what dragging over a chart does, for the keyboard. */
export function zoomBar(place: HTMLElement, { stretches }: ChartData, zoom: Zoom): void {
  const whole = button('whole run', () => zoom.reset())
  const others = stretches
    .slice(0, mostButtons)
    .map(({ label, from, to }) => ({ from, to, element: button(label, () => zoom.set(from, to)) }))
  const mark = () => {
    whole.ariaPressed = String(zoom.isWhole)
    const { from, to } = zoom.range
    for (const one of others) one.element.ariaPressed = String(!zoom.isWhole && one.from === from && one.to === to)
  }
  zoom.onChange(mark)
  mark()
  place.replaceChildren(whole, ...others.map(({ element }) => element))
}

function button(label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = label
  made.title = label
  made.addEventListener('click', act)
  return made
}
