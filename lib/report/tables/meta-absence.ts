import { formatDuration } from '../../measure/index.ts'
import { metaGroup } from '../../topology/index.ts'
import { counted } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Remark } from './remark.ts'

/**
 * Regions joined by gateways have one meta group: what its absence means is said, because messages to streams that are there
 * go on without it.
 */
export function metaAbsence({ plan: { topology }, observed, durationMs }: Report): Remark[] {
  if (topology?.kind !== 'regions' || topology.via !== 'gateways') return []
  const lost = observed?.quorum[metaGroup]
  if (!lost || lost.count === 0) return []
  const spans = lost.spans.slice(0, mostSpans).map(({ from, to }) => {
    const until = to === undefined ? 'the end' : formatDuration(to)
    return `${formatDuration(Math.max(0, from))} to ${until}`
  })
  const more = lost.count - spans.length
  const when = [...spans, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  // The servers are looked at until all was read, which may be long after the load.
  const isWithin = (lost.spans.at(-1)?.to ?? durationMs) <= durationMs
  const whole = formatDuration(durationMs)
  const times = `${formatDuration(lost.totalMs)}${isWithin ? ` of ${whole}` : ''}, ${counted(lost.count, 'time')} (${when}${isWithin ? '' : `; the load ended at ${whole}`})`
  const text = `${metaGroup} had no leader with a majority for ${times}: no region could make, change or move streams and consumers; those that were there went on where their own majority was`
  return [{ mark: '!', tone: 'caution', text }]
}

const mostSpans = 4
