import { onForget } from './forget.ts'
import { onPrint } from './paper.ts'

export interface Drawing {
  readonly place: HTMLElement
  readonly draw: () => void
}

/** Pixels ahead of the window in which a chart is drawn before it is seen. */
const ahead = 500

/**
 * Draws what is in the window or close to it at once, and the rest when it comes near: a page of forty charts opens as fast
 * as one of four. Paper has all of them.
 */
export function drawNear(drawings: readonly Drawing[]): void {
  const waiting = new Map<Element, () => void>()
  const draw = (place: Element) => {
    const made = waiting.get(place)
    watch.unobserve(place)
    waiting.delete(place)
    made?.()
  }
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) if (isIntersecting) draw(target)
    },
    { rootMargin: `${ahead}px` },
  )
  onPrint(() => [...waiting.keys()].forEach(draw))
  onForget(() => watch.disconnect())
  // All are measured before any is drawn: between two drawings the page would be laid out again.
  const near = drawings.filter(({ place }) => isNear(place))
  for (const { place, draw } of drawings) waiting.set(place, draw)
  for (const { place } of near) draw(place)
  for (const place of waiting.keys()) watch.observe(place)
}

function isNear(place: HTMLElement): boolean {
  const { top, bottom } = place.getBoundingClientRect()
  return bottom > -ahead && top < innerHeight + ahead
}
