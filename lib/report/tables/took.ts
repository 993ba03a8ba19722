import { formatDuration } from '../../measure/index.ts'
import type { Took } from '../recovery-record.ts'
import type { Tone } from './column.ts'

/** One that never came is slower than any that did. */
export function slowest(all: readonly (Took | undefined)[]): Took | undefined {
  const known = all.filter((took) => took !== undefined)
  if (known.length === 0) return undefined
  return known.reduce((a, b) => (rank(b) > rank(a) ? b : a))
}

export function tookText(took: Took | undefined): string {
  if (!took) return '–'
  return 'ms' in took ? formatDuration(took.ms) : `>${formatDuration(took.notWithinMs)}`
}

export function tookTone(took: Took | undefined): Tone | undefined {
  return took && 'notWithinMs' in took ? 'caution' : undefined
}

function rank(took: Took): number {
  return 'ms' in took ? took.ms : Number.MAX_VALUE
}
