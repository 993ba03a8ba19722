import type { ChartData } from '../chart-data.ts'

/** What the server of a live page sends; see lib/live. */
interface Update {
  readonly title: string
  readonly head: string
  readonly parts: string
  readonly data: ChartData
  readonly final: boolean
}

/** Shows a run as it goes on, unless the reader has paused it. After its end the page stays as it is, server or not. */
export function followRun(draw: (data: ChartData) => void): void {
  const source = new EventSource('events')
  let waiting: Update | undefined
  let paused = false
  const show = (update: Update) => {
    document.title = update.title
    replace('head', update.head)
    keepingPlace(() => {
      replace('parts', update.parts)
      draw(update.data)
      if (!update.final) addPause()
    })
  }
  const addPause = () =>
    addButton('pause', paused, () => {
      paused = !paused
      if (!paused && waiting) show(waiting)
      waiting = undefined
      return paused
    })
  source.addEventListener('message', ({ data }) => {
    const update = JSON.parse(data as string) as Update
    if (update.final) source.close()
    if (paused) waiting = update
    else show(update)
  })
  addPause()
}

/** Beside the others at the top. `press` says whether it is now pressed. */
function addButton(name: string, pressed: boolean, press: () => boolean): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.id = name
  button.textContent = name
  button.ariaPressed = String(pressed)
  button.addEventListener('click', () => {
    button.ariaPressed = String(press())
  })
  document.getElementById('theme')?.before(button)
}

function replace(id: string, html: string): void {
  const place = document.getElementById(id)
  if (place) place.innerHTML = html
}

/** What the reader had opened stays open, what had the focus gets it back, and the page does not jump. */
function keepingPlace(change: () => void): void {
  const open = new Set([...document.querySelectorAll('details')].flatMap((one, index) => (one.open ? [index] : [])))
  const focused = document.activeElement?.id
  const { scrollY } = window
  change()
  document.querySelectorAll('details').forEach((one, index) => {
    one.open = open.has(index)
  })
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  window.scrollTo({ top: scrollY, behavior: 'instant' })
}
