import { formatCount, formatDuration, type Tags, type WindowKind, windowKinds } from '../../measure/index.ts'
import { betweenOf, pairsOf } from '../../topology/index.ts'
import { type Distribution, mergeTrends, sumCounters, sumRates } from '../merge.ts'
import { exact, percent } from '../numbers.ts'
import type { Report, SeriesRecord } from '../schema.ts'
import type { Column } from './column.ts'
import { failedCounters, headlines, indeterminateCounters } from './latency.ts'

/** What one region had of one phase, in one kind of window. */
export interface RegionRow {
  readonly region: string
  readonly phase: string
  readonly kind: WindowKind
  /** False for all but the first row of a region's phase. */
  readonly isFirst: boolean
  readonly rates: Distribution | undefined
  readonly acked: number
  readonly failed: number
  readonly indeterminate: number
  readonly consumed: number
  readonly latency: Distribution | undefined
  /** Of the answers that its requests got from responders of any region, those from its own; undefined without any. */
  readonly near: number | undefined
  /** Of the looks at it and any other region, those at which they were connected; undefined without any. */
  readonly connected: number | undefined
}

/** Names of the topology's regions, in the order of the script. */
export function regionsOf({ plan: { topology } }: Report): string[] {
  return topology?.kind === 'regions' ? topology.regions.map(({ name }) => name) : []
}

/** A row for each region × phase × kind of window that the region did something in. */
export function regionRows(report: Report): RegionRow[] {
  const names = regionsOf(report)
  if (names.length === 0) return []
  const seriesOf = indexed(report.series)
  return names.flatMap((region) => {
    const pairs = pairsOf(names)
      .filter((pair) => pair.includes(region))
      .map(betweenOf)
    return report.phases.flatMap(({ name: phase }) =>
      windowKinds
        .map((kind) => rowOf(seriesOf, region, pairs, phase, kind))
        .filter(({ acked, failed, indeterminate, consumed, connected }) =>
          connected === undefined ? acked + failed + indeterminate + consumed > 0 : true,
        )
        .map((row, index) => ({ ...row, isFirst: index === 0 })),
    )
  })
}

type Find = (metric: string, phase: string, kind: WindowKind) => readonly SeriesRecord[]

/** Regions and phases make many series, and each row wants a few. */
function indexed(all: readonly SeriesRecord[]): Find {
  const index = new Map<string, SeriesRecord[]>()
  const keyOf = (...parts: readonly (string | undefined)[]) => parts.join('\n')
  for (const series of all) {
    const key = keyOf(series.metric, series.tags.phase, series.tags.window)
    const known = index.get(key)
    if (known) known.push(series)
    else index.set(key, [series])
  }
  return (metric, phase, kind) => index.get(keyOf(metric, phase, kind)) ?? []
}

function rowOf(
  seriesOf: Find,
  region: string,
  pairs: readonly string[],
  phase: string,
  kind: WindowKind,
): Omit<RegionRow, 'isFirst'> {
  const own = (metric: string, isOwn: (tags: Tags) => boolean) =>
    seriesOf(metric, phase, kind).filter(({ tags }) => isOwn(tags))
  const ofRegion = (metric: string) => own(metric, (tags) => tags.region === region)
  const count = (...names: readonly string[]) => sumCounters(names.flatMap(ofRegion))
  const looks = sumRates(own('region_connected', ({ between }) => between !== undefined && pairs.includes(between)))
  const answers = sumRates(ofRegion('near_answers'))
  const leading = headlines.map(({ metric }) => ofRegion(metric)).find((series) => series.length > 0)
  return {
    region,
    phase,
    kind,
    rates: mergeTrends(ofRegion('publish_throughput')),
    acked: count('publish_acked', 'publish_sent'),
    failed: count(...failedCounters),
    indeterminate: count(...indeterminateCounters),
    consumed: count('consumed'),
    latency: leading && mergeTrends(leading),
    near: answers.total > 0 ? answers.trues / answers.total : undefined,
    connected: looks.total > 0 ? looks.trues / looks.total : undefined,
  }
}

/** With where answers came from, when requests were answered in any of the rows. */
export function regionColumns(rows: readonly RegionRow[]): Column<RegionRow>[] {
  const number = (title: string, read: (row: RegionRow) => number, worth: number): Column<RegionRow> => ({
    title,
    align: 'right',
    text: (row) => exact(read(row)),
    worth,
  })
  const trouble = (title: string, read: (row: RegionRow) => number): Column<RegionRow> => ({
    ...number(title, read, 9),
    tone: (row) => (read(row) > 0 ? 'caution' : 'dim'),
  })
  const time = (title: 'p50' | 'p99'): Column<RegionRow> => ({
    title,
    align: 'right',
    text: ({ latency }) => shown(latency?.percentiles[title], formatDuration),
  })
  return [
    {
      title: 'Regions',
      align: 'left',
      text: ({ region, phase, kind, isFirst }) => (isFirst ? [region, phase, ...besides(kind)].join(' ') : `└ ${kind}`),
      tone: ({ kind }) => (kind === 'fault' ? 'fault' : undefined),
      shrinks: true,
    },
    {
      title: 'rate/s',
      align: 'right',
      text: ({ rates }) => shown(rates?.mean, formatCount),
    },
    { title: 'min', align: 'right', text: ({ rates }) => shown(rates?.min, formatCount), worth: 2 },
    number('acked', ({ acked }) => acked, 5),
    trouble('failed', ({ failed }) => failed),
    trouble('indet', ({ indeterminate }) => indeterminate),
    number('consumed', ({ consumed }) => consumed, 4),
    time('p50'),
    time('p99'),
    ...(rows.some(({ near }) => near !== undefined) ? [nearAnswers] : []),
    {
      title: 'connected',
      align: 'right',
      text: ({ connected }) => shown(connected, percent),
      tone: ({ connected }) => (connected !== undefined && connected < 1 ? 'caution' : undefined),
    },
  ]
}

const nearAnswers: Column<RegionRow> = {
  title: 'near answers',
  align: 'right',
  text: ({ near }) => shown(near, percent),
  worth: 6,
}

function besides(kind: WindowKind): string[] {
  return kind === 'baseline' ? [] : [kind]
}

function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value)
}
