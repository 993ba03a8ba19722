import { formatCount } from '../measure/index.ts'
import type { BucketState, KeyState } from './state-reading.ts'

/** A key that does not hold any more what it held: gone, an older revision, or a value that only ever rises and fell. */
export interface KeyDifference {
  readonly key: string
  /** What happened to it, to be said after its name. */
  readonly text: string
}

/** What became worse of a bucket's keys from one look to the next. Keys that are new, or went on, are none of it. */
export function differencesIn(before: BucketState, after: BucketState): KeyDifference[] {
  return [...before].flatMap(([key, was]): KeyDifference[] => {
    const text = differenceOf(was, after.get(key))
    return text === undefined ? [] : [{ key, text }]
  })
}

/** What became worse of one key; undefined when nothing did. */
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
