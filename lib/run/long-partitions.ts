import { formatDuration } from '../measure/index.ts'
import type { FaultRecord } from '../report/index.ts'

/** A partition that lasts longer is not waited out: somebody is called. */
const longestMs = 5 * 60_000
/** What healing itself may take. */
const healingMs = 2_000

/**
 * Why a partition would have been for somebody to mend; undefined when it would not. What counts is how long the script says that
 * it lasts, whatever `timeScale` makes of that, and how long it did.
 */
export function interventionFor(
  { id, fault, parts, plannedMs, appliedAt, healedAt }: FaultRecord,
  timeScale: number,
): string | undefined {
  if (fault.kind !== 'partition' || plannedMs === undefined || appliedAt === undefined) return undefined
  const meantMs = plannedMs / timeScale
  const lastedMs = healedAt === undefined ? 0 : healedAt - appliedAt
  const apart = parts === undefined ? '' : `, ${parts},`
  const rule = `what lasts longer than ${formatDuration(longestMs)} is not waited out`
  if (meantMs > longestMs) {
    const scaled = timeScale === 1 ? '' : ` (${formatDuration(plannedMs)} at time scale ${timeScale})`
    return `${id}${apart} was planned to last ${formatDuration(meantMs)}${scaled}; ${rule}`
  }
  if (lastedMs <= longestMs + healingMs) return undefined
  return `${id}${apart} lasted ${formatDuration(lastedMs)}, and was planned to last ${formatDuration(meantMs)}; ${rule}`
}
