import { formatDuration } from '../../../lib/measure/index.ts'
import type { Took } from '../../../lib/report/index.ts'

/** `>9s` for what was waited for in vain. */
export function tookText(took: Took | undefined): string {
  if (!took) return '–'
  return 'ms' in took ? formatDuration(took.ms) : `>${formatDuration(took.notWithinMs)}`
}

/** What never came is slower than all that did. */
export function slowest(all: readonly (Took | undefined)[]): Took | undefined {
  const known = all.filter((took) => took !== undefined)
  const never = known.find((took) => 'notWithinMs' in took)
  return never ?? known.sort((a, b) => ('ms' in a && 'ms' in b ? b.ms - a.ms : 0))[0]
}
