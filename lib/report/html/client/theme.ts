import type { ChartTone } from '../chart-data.ts'

/** A colour of the style sheet as it is now: light or dark. */
export function colourOf(name: ChartTone | 'ink' | 'faint' | 'grid' | 'surface'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

let listeners: (() => void)[] = []

/** Calls back when the colours have changed: a canvas does not change by itself. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener)
}

export function forgetThemeListeners(): void {
  listeners = []
}

const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', changed)

/** The button that overrides what the system prefers, for this page view. */
export function themeToggle(): void {
  document.getElementById('theme')?.addEventListener('click', () => {
    const root = document.documentElement
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches
    root.dataset.theme = isDark ? 'light' : 'dark'
    changed()
  })
}

function changed(): void {
  for (const listener of listeners) listener()
}
