import { formatDuration, formatSize } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact, percent } from '../../../lib/report/numbers.ts'
import { dashed, find, most, spread } from './samples.ts'
import type { Tables } from './tables.ts'

type Outages = NonNullable<Report['observed']>['quorum'][string]

/** How long each server and each group was there, and what servers used. */
export function serverTables(report: Report): Tables {
  const { observed, durationMs } = report
  if (!observed) return {}
  return {
    Servers: Object.entries(observed.availability).map(([node, outages]) => ({
      Servers: node,
      available: percent(outages.share),
      'times down': exact(outages.count),
      longest: longest(outages, durationMs),
      'in all': formatDuration(outages.totalMs),
      'cpu p50': dashed(
        spread(find(report, 'server_cpu', { node }))?.at('p50'),
        (share) => `${Math.round(share * 100)}%`,
      ),
      'rss max': dashed(most(find(report, 'server_rss', { node })), formatSize),
      store: dashed(most(find(report, 'store_bytes', { node })), formatSize),
    })),
    Quorum: Object.entries(observed.quorum).map(([group, outages]) => ({
      Quorum: group,
      held: percent(outages.share),
      'times lost': exact(outages.count),
      'longest without': longest(outages, durationMs),
      'leader changes': exact(observed.leaderChanges.filter((change) => change.group === group).length),
      'replicas behind': dashed(observed.replication[group]?.totalMs),
    })),
  }
}

/** One that was not over at the end lasted until then. */
export function longest({ spans }: Outages, durationMs: number): string {
  return spans.length === 0 ? '–' : formatDuration(Math.max(...spans.map(({ from, to = durationMs }) => to - from)))
}
