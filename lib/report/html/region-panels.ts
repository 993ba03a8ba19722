import { ofRegion } from '../of-region.ts'
import type { Report } from '../schema.ts'
import { regionsOf } from '../tables/regions.ts'
import type { WholePanel } from './spread.ts'
import { linesOf, panelsOf } from './whole-panels.ts'

type Values = readonly (number | null)[]

/** What each region did over time, how long messages took between them, and what was queued. */
export function regionPanels(report: Report): WholePanel[] {
  const names = regionsOf(report)
  if (names.length === 0) return []
  const { timeline, observed } = report
  const { counters, trends, intervalMs } = timeline
  const panel = panelsOf('regions', timeline.at)
  const lines = (read: (region: string) => Values | undefined) =>
    linesOf(Object.fromEntries(names.map((name) => [name, name])), read)
  const perSecond = (...metrics: readonly string[]) =>
    lines((region) => {
      const columns = metrics
        .map((metric) => counters[ofRegion(metric, region)])
        .filter((column) => column !== undefined)
      if (columns.length === 0) return undefined
      return timeline.at.map((_, at) => (columns.reduce((sum, column) => sum + column[at]!, 0) * 1_000) / intervalMs)
    })
  const p99 = (metric: string) => lines((region) => trends[ofRegion(metric, region)]?.p99)
  return [
    panel(
      'region-rate',
      'Acked by region',
      'Messages that each region’s servers acknowledged or took, in each second.',
      'perSecond',
      perSecond('publish_acked', 'publish_sent'),
    ),
    panel(
      'region-trouble',
      'Failures by region',
      'Publishes in each second that failed or of which nothing is known.',
      'perSecond',
      perSecond('publish_failed', 'publish_indeterminate'),
    ),
    panel(
      'region-consumed',
      'Consumed by region',
      'Messages that each region’s consumers were given, in each second.',
      'perSecond',
      perSecond('consumed'),
    ),
    panel(
      'region-latency',
      'Publish latency by region',
      'p99 in each second, from the intended start.',
      'time',
      p99('publish_latency'),
      true,
    ),
    ...(observed ? observedPanels(observed.timeline) : []),
  ]
}

function observedPanels({ at, queues = {}, regions = {} }: NonNullable<Report['observed']>['timeline']): WholePanel[] {
  const panel = panelsOf('regions', at)
  return [
    panel(
      'region-queue',
      'Queued for copies',
      'Messages that a copy’s origins had and the copy had not: last sequences compared.',
      'count',
      linesOf(queues, ({ depth }) => depth),
    ),
    panel(
      'region-rtt',
      'Round trip between regions',
      'Of probe messages, the median in each second; a gap is a time in which none came back.',
      'time',
      linesOf(regions, ({ roundTripMs }) => roundTripMs),
    ),
  ]
}
