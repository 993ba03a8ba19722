import type { ChartTone } from '../chart-data.ts'
import { onForget } from './forget.ts'

type Colour = ChartTone | 'ink' | 'faint' | 'grid' | 'surface'

const known = new Map<Colour, string>()

/** A colour of the style sheet as it is now: light or dark. */
export function colourOf(name: Colour): string {
  const colour = known.get(name)
  if (colour !== undefined) return colour
  // Asked for once: an answer makes the browser work out the styles of all that was added since.
  const read = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  known.set(name, read)
  return read
}

const listeners = new Set<() => void>()

/** Calls back when the colours have changed: a canvas does not change by itself. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener)
  onForget(() => listeners.delete(listener))
}

const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', changed)

/** The button that overrides what the system prefers, for this page view. */
export function themeToggle(): void {
  document.getElementById('theme')?.addEventListener('click', () => {
    const { dataset } = document.documentElement
    const isDark = dataset.theme ? dataset.theme === 'dark' : dark.matches
    dataset.theme = isDark ? 'light' : 'dark'
    changed()
  })
}

let chosen: string | undefined

/** Paper is light, whatever the screen is. */
export function showLight(light: boolean): void {
  const { dataset } = document.documentElement
  if (light) {
    chosen = dataset.theme
    dataset.theme = 'light'
  } else if (chosen === undefined) delete dataset.theme
  else dataset.theme = chosen
  changed()
}

function changed(): void {
  known.clear()
  for (const listener of listeners) listener()
}
