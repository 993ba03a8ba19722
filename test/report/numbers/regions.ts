import { formatCount, formatDuration, windowKinds } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact, percent } from '../../../lib/report/numbers.ts'
import { count, dashed, find, share, spread } from './samples.ts'
import { longest } from './servers.ts'
import type { Row, Tables } from './tables.ts'
import { slowest, tookText } from './took.ts'

/** How each region did, and how they were joined. */
export function regionTables(report: Report): Tables {
  const { plan, observed, durationMs, faults } = report
  if (plan.topology?.kind !== 'regions') return {}
  const { regions, wideArea } = plan.topology
  return {
    Regions: regions.flatMap(({ name }) => report.phases.flatMap((phase) => regionRows(report, name, phase.name))),
    Between: Object.entries(observed?.connectivity ?? {}).map(([between, outages]) => {
      const planned = wideArea.find((link) => [...link.between].sort().join('-') === between)
      const calm = find(report, 'region_rtt', { between, window: 'baseline' })
      const trips = spread(calm.length > 0 ? calm : find(report, 'region_rtt', { between }))
      const jitter = planned && planned.jitterMs > 0 ? `±${formatDuration(2 * planned.jitterMs)}` : ''
      return {
        Between: between,
        connected: percent(outages.share),
        'times apart': exact(outages.count),
        longest: longest(outages, durationMs),
        'in all': formatDuration(outages.totalMs),
        'rtt planned': planned ? formatDuration(2 * planned.latencyMs) + jitter : '–',
        'rtt p50': dashed(trips?.at('p50')),
        'rtt p99': dashed(trips?.at('p99')),
      }
    }),
    Apart: faults.flatMap(({ id, plannedMs, appliedAt, healedAt, recovery }) => {
      const queues = Object.values(recovery?.queues ?? {})
      return Object.entries(recovery?.regions ?? {}).map(([between, cut]) => ({
        Apart: id,
        between,
        planned: dashed(plannedMs),
        'in force': dashed(appliedAt === undefined || healedAt === undefined ? undefined : healedAt - appliedAt),
        silent: formatDuration(cut.silentMs),
        'unlisted after': dashed(cut.unlistedAfterMs),
        crossed: tookText(cut.crossed),
        listed: tookText(cut.listed),
        queued: dashed(queues.length > 0 ? Math.max(...queues.map(({ peak }) => peak)) : undefined, exact),
        'caught up': tookText(slowest(queues.map(({ drained }) => drained))),
      }))
    }),
  }
}

/** By kind of window; those that nothing is known of have none. */
function regionRows(report: Report, region: string, phase: string): Row[] {
  const rows = windowKinds.flatMap((window) => {
    const own = (...metrics: readonly string[]) => find(report, metrics, { region, phase, window })
    const looks = find(report, 'region_connected', { phase, window }).filter(({ tags }) =>
      tags.between!.split('-').includes(region),
    )
    if (looks.length === 0 && own('publish_attempts', 'consumed').length === 0) return []
    const rates = spread(own('publish_throughput'))
    const latency = spread(own('publish_latency'))
    return [
      {
        window,
        'rate/s': dashed(rates?.mean, formatCount),
        min: dashed(rates?.min, formatCount),
        acked: exact(count(own('publish_acked', 'publish_sent'))),
        failed: exact(count(own('publish_failed', 'request_failed', 'http_failed'))),
        indet: exact(count(own('publish_indeterminate', 'request_indeterminate', 'http_indeterminate'))),
        consumed: exact(count(own('consumed'))),
        p50: dashed(latency?.at('p50')),
        p99: dashed(latency?.at('p99')),
        'near answers': dashed(share(own('near_answers')), percent),
        connected: dashed(share(looks), percent),
      },
    ]
  })
  return rows.map(({ window, ...row }, index) => {
    const first = window === 'baseline' ? `${region} ${phase}` : `${region} ${phase} ${window}`
    return { Regions: index === 0 ? first : `└ ${window}`, ...row }
  })
}
