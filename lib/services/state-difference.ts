import { formatCount } from '../measure/index.ts'
import type { BucketState, KeyState } from './state-reading.ts'

/** The keys that became worse from one look to the next. Those that are new, or went on, did not. */
export function worseKeys(before: BucketState, after: BucketState): string[] {
  return [...before].flatMap(([key, was]) => (differenceOf(was, after.get(key)) === undefined ? [] : [key]))
}

/** How one key became worse, to be said after its name: gone, an older revision, or a value that only ever rises and fell. */
export function differenceOf(was: KeyState, is: KeyState | undefined): string | undefined {
  if (!is) return `is gone; it was at revision ${formatCount(was.revision)}`
  if (is.revision < was.revision) {
    return `went back from revision ${formatCount(was.revision)} to ${formatCount(is.revision)}`
  }
  if (was.rising === undefined || is.revision === was.revision) return undefined
  if (is.rising === undefined) return `has no number any more; it was ${formatCount(was.rising)}`
  if (is.rising < was.rising) return `went back from ${formatCount(was.rising)} to ${formatCount(is.rising)}`
  return undefined
}
