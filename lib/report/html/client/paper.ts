import { onForget } from './forget.ts'
import { showLight } from './theme.ts'

/** Pixels of a page, A4 or Letter, between the margins that the style sheet gives it. */
export const paperWidth = 700

let printing = false
const listeners = new Set<() => void>()

/** A canvas does not become narrower by itself: whoever draws one asks. */
export function isPrinting(): boolean {
  return printing
}

/** Calls back before the page is put on paper, and after. */
export function onPrint(listener: () => void): void {
  listeners.add(listener)
  onForget(() => listeners.delete(listener))
}

function change(print: boolean): void {
  printing = print
  showLight(print)
  for (const listener of [...listeners]) listener()
}

addEventListener('beforeprint', () => change(true))
addEventListener('afterprint', () => change(false))
