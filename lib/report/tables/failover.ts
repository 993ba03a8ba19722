import { formatDuration } from '../../measure/index.ts'
import { sumCounters } from '../merge.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import { regionsOf } from './regions.ts'
import type { Remark } from './remark.ts'

/** Where clients were that had gone to another region than their own: when, for how long, and what was acked there. */
export function failoverRemarks(report: Report): Remark[] {
  const { topology, consumers } = report.plan
  if (topology?.kind !== 'regions') return []
  const names = regionsOf(report)
  const remarks = topology.regions.flatMap(({ name, failover }): Remark[] => {
    const acked = sumCounters(
      report.series.filter(({ metric, tags }) => metric === 'failover_acks' && tags.region === name),
    )
    return failover ? awayRemarks(report, names, `publisher ${name}`, name, `: ${exact(acked)} acked from there`) : []
  })
  const others = consumers.flatMap(({ name, members, region, failover }) =>
    failover && region !== undefined
      ? clientNames(name, members).flatMap((client) => awayRemarks(report, names, client, region, ''))
      : [],
  )
  return [...remarks, ...others]
}

function clientNames(name: string, members: number): string[] {
  if (members === 1) return [`consumer ${name}`]
  return Array.from({ length: members }, (_, member) => `consumer ${name}/${member}`)
}

function awayRemarks(
  { events, durationMs }: Report,
  names: readonly string[],
  client: string,
  home: string,
  besides: string,
): Remark[] {
  const own = events.filter((event) => event.client === client && event.detail !== undefined)
  const stays = own.flatMap(({ kind, detail, at }, index) => {
    const region = detail!.replace(/\d+$/, '')
    if ((kind !== 'connect' && kind !== 'reconnect') || region === home || !names.includes(region)) return []
    const until = own[index + 1]?.at ?? durationMs
    return [`on ${detail} from ${formatDuration(at)} for ${formatDuration(Math.max(0, until - at))}`]
  })
  if (stays.length === 0) return []
  return [{ mark: '·', tone: 'caution', text: `${client}, of region ${home}, was ${stays.join(', ')}${besides}` }]
}
