import { formatCount, formatDuration, formatSize } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import type { Row, Tables } from './tables.ts'

type Values = readonly (number | null)[]
type Lines = Readonly<Record<string, Values | undefined>>

/** A chart of the page: what the report has for each of its lines, by their labels. */
interface Chart {
  readonly at: readonly number[]
  readonly lines: Lines
  readonly show: (value: number) => string
}

/** What each chart shows, as figures: the least, the median and the most over the intervals of the load. */
export function panelTables(report: Report): Tables {
  return Object.fromEntries(
    Object.entries(chartsOf(report)).map(([title, { at, lines, show }]) => {
      const name = `${title}, over its intervals`
      const rows = Object.entries(lines).flatMap(([label, values]): Row[] => {
        if (!values) return []
        const known = values.filter((value, index) => value !== null && at[index]! < report.durationMs)
        const sorted = (known as number[]).sort((a, b) => a - b)
        const text = (value: number | undefined) => (value === undefined ? '–' : show(value))
        const median = text(sorted[Math.floor((sorted.length - 1) / 2)])
        return [{ [name]: label, lowest: text(sorted[0]), median, highest: text(sorted.at(-1)) }]
      })
      return [name, rows.every(({ median }) => median === '–') ? [] : rows]
    }),
  )
}

function chartsOf(report: Report): Readonly<Record<string, Chart>> {
  const { timeline, observed, services = [], plan } = report
  const { at, counters, trends, intervalMs } = timeline
  const names = plan.topology?.kind === 'regions' ? plan.topology.regions.map(({ name }) => name) : []
  const perSecond = (...metrics: readonly string[]): Values | undefined => {
    const columns = metrics.flatMap((metric) => (counters[metric] ? [counters[metric]] : []))
    if (columns.length === 0) return undefined
    return at.map((_, index) => (columns.reduce((sum, column) => sum + column[index]!, 0) * 1_000) / intervalMs)
  }
  const byRegion = (read: (region: string) => Values | undefined): Lines =>
    Object.fromEntries(names.map((name) => [name, read(name)]))
  const rate = (lines: Lines): Chart => ({ at, lines, show: (value) => `${formatCount(value)}/s` })
  const latency = (metric: string): Chart => {
    const { p50, p99, p999, max } = trends[metric] ?? {}
    return { at, lines: { p50, p99, 'p99.9': p999, max }, show: formatDuration }
  }
  return {
    Rate: rate({
      due: timeline.due.some((due) => due > 0) ? timeline.due.map((due) => (due * 1_000) / intervalMs) : undefined,
      acked: perSecond('publish_acked'),
      sent: perSecond('publish_sent'),
      consumed: perSecond('consumed'),
      answered: perSecond('instance_requests'),
    }),
    Failures: rate({
      'publish failed': perSecond('publish_failed'),
      'publish indeterminate': perSecond('publish_indeterminate'),
      'request failed': perSecond('request_failed', 'request_indeterminate'),
      'http failed': perSecond('http_failed', 'http_indeterminate'),
      'iteration errors': perSecond('iteration_errors'),
      dropped: perSecond('dropped_iterations'),
      redelivered: perSecond('redelivered'),
    }),
    'Publish latency': latency('publish_latency'),
    'Request latency': latency('request_latency'),
    'HTTP latency': latency('http_latency'),
    'End-to-end latency': latency('e2e_latency'),
    'Acked by region': rate(
      byRegion((region) => perSecond(`publish_acked{region:${region}}`, `publish_sent{region:${region}}`)),
    ),
    'Failures by region': rate(
      byRegion((region) => perSecond(`publish_failed{region:${region}}`, `publish_indeterminate{region:${region}}`)),
    ),
    'Consumed by region': rate(byRegion((region) => perSecond(`consumed{region:${region}}`))),
    'Publish latency by region': {
      at,
      lines: byRegion((region) => trends[`publish_latency{region:${region}}`]?.p99),
      show: formatDuration,
    },
    ...(observed ? serverCharts(observed.timeline) : {}),
    ...Object.fromEntries(services.flatMap((service) => Object.entries(serviceCharts(service)))),
  }
}

function serverCharts({
  at,
  nodes,
  groups,
  consumers = {},
  queues = {},
  regions = {},
}: NonNullable<Report['observed']>['timeline']): Readonly<Record<string, Chart>> {
  return {
    'Server CPU': { at, lines: each(nodes, ({ cpu }) => cpu), show: percentage },
    'Server memory': { at, lines: each(nodes, ({ rssBytes }) => rssBytes), show: formatSize },
    Stored: { at, lines: each(nodes, ({ storeBytes }) => storeBytes), show: formatSize },
    'Replica lag': { at, lines: each(groups, ({ lag }) => lag), show: formatCount },
    'Consumer backlog': { at, lines: each(consumers, ({ backlog }) => backlog), show: formatCount },
    'Queued for copies': { at, lines: each(queues, ({ depth }) => depth), show: formatCount },
    'Round trip between regions': {
      at,
      lines: each(regions, ({ roundTripMs }) => roundTripMs),
      show: formatDuration,
    },
  }
}

function serviceCharts({ name, timeline }: NonNullable<Report['services']>[number]): Readonly<Record<string, Chart>> {
  if (!timeline) return {}
  const { at, active, instances } = timeline
  return {
    [`${name}: active instances`]: { at, lines: { active }, show: formatCount },
    [`${name}: requests answered`]: {
      at,
      lines: each(instances, ({ answered }) => answered),
      show: (value) => `${formatCount(value)}/s`,
    },
    [`${name}: requests under way`]: { at, lines: each(instances, ({ queue }) => queue), show: formatCount },
    [`${name}: CPU`]: { at, lines: each(instances, ({ cpu }) => cpu), show: percentage },
    [`${name}: memory`]: { at, lines: each(instances, ({ rssBytes }) => rssBytes), show: formatSize },
  }
}

function each<T>(of: Readonly<Record<string, T>>, read: (one: T) => Values): Lines {
  return Object.fromEntries(Object.entries(of).map(([label, one]) => [label, read(one)]))
}

/** To three digits. */
export function percentage(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}
