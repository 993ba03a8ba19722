import { ofRegion } from '../of-region.ts'
import type { Report } from '../schema.ts'
import { regionsOf } from '../tables/regions.ts'
import { seconds } from './round.ts'
import type { WholeLine, WholePanel } from './spread.ts'
import { toneOf } from './tones.ts'

type Values = readonly (number | null)[]

/** What each region did over time, how long messages took between them, and what was queued. */
export function regionPanels(report: Report): WholePanel[] {
  const names = regionsOf(report)
  if (names.length === 0) return []
  const { timeline, observed } = report
  const { counters, trends, intervalMs } = timeline
  const lines = (read: (region: string) => Values | undefined): WholeLine[] =>
    names.flatMap((label, index) => {
      const values = read(label)
      return values ? [{ label, tone: toneOf(index), values }] : []
    })
  const perSecond = (...metrics: readonly string[]) =>
    lines((region) => {
      const columns = metrics
        .map((metric) => counters[ofRegion(metric, region)])
        .filter((column) => column !== undefined)
      if (columns.length === 0) return undefined
      return timeline.at.map((_, at) => (columns.reduce((sum, column) => sum + column[at]!, 0) * 1_000) / intervalMs)
    })
  const p99 = (metric: string) => lines((region) => trends[ofRegion(metric, region)]?.p99)
  const load = (
    id: string,
    title: string,
    about: string,
    unit: WholePanel['unit'],
    made: WholeLine[],
    log = false,
  ): WholePanel => ({
    ...{ id: `region-${id}`, part: 'regions', title, about, unit, log },
    at: timeline.at.map(seconds),
    lines: made,
  })
  return [
    load(
      'rate',
      'Acked by region',
      'Messages that each region’s servers acknowledged or took, in each second.',
      'perSecond',
      perSecond('publish_acked', 'publish_sent'),
    ),
    load(
      'trouble',
      'Failures by region',
      'Publishes in each second that failed or of which nothing is known.',
      'perSecond',
      perSecond('publish_failed', 'publish_indeterminate'),
    ),
    load(
      'consumed',
      'Consumed by region',
      'Messages that each region’s consumers were given, in each second.',
      'perSecond',
      perSecond('consumed'),
    ),
    load(
      'latency',
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
  const panel = (
    id: string,
    title: string,
    about: string,
    unit: WholePanel['unit'],
    of: Record<string, Values>,
  ): WholePanel => ({
    ...{ id: `region-${id}`, part: 'regions', title, about, unit, log: false },
    at: at.map(seconds),
    lines: Object.entries(of).map(([label, values], index) => ({
      label,
      tone: toneOf(index),
      values,
    })),
  })
  const columns = <T>(of: Readonly<Record<string, T>>, read: (one: T) => Values) =>
    Object.fromEntries(Object.entries(of).map(([name, one]) => [name, read(one)]))
  return [
    panel(
      'queue',
      'Queued for copies',
      'Messages that a copy’s origins had and the copy had not: last sequences compared.',
      'count',
      columns(queues, ({ depth }) => depth),
    ),
    panel(
      'rtt',
      'Round trip between regions',
      'Of probe messages, the median in each second; a gap is a time in which none came back.',
      'time',
      columns(regions, ({ roundTripMs }) => roundTripMs),
    ),
  ]
}
