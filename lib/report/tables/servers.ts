import { formatDuration, formatSize } from '../../measure/index.ts'
import type { Outages } from '../../observe/index.ts'
import { mergeGauges, mergeTrends } from '../merge.ts'
import { exact, percent } from '../numbers.ts'
import type { Report, SeriesRecord, ServersObserved } from '../schema.ts'
import type { Column } from './column.ts'

/** A node or a group, and when it failed. */
export interface Watched {
  readonly name: string
  readonly outages: Outages
}

export function watched(outages: Readonly<Record<string, Outages>>): Watched[] {
  return Object.entries(outages).map(([name, outages]) => ({ name, outages }))
}

/** Of each node, how much of the time it answered and what it used. */
export function nodeColumns({ series, durationMs }: Report): Column<Watched>[] {
  const of = (metric: string, node: string) => series.filter((one) => one.metric === metric && one.tags.node === node)
  return [
    { title: 'Servers', align: 'left', text: ({ name }) => name, shrinks: true },
    ...outageColumns({ held: 'available', times: 'times down', longest: 'longest' }, durationMs),
    { title: 'in all', align: 'right', text: ({ outages }) => formatDuration(outages.totalMs), worth: 4 },
    { title: 'cpu p50', align: 'right', text: ({ name }) => medianCpu(of('server_cpu', name)), worth: 1 },
    { title: 'rss max', align: 'right', text: ({ name }) => most(of('server_rss', name)), worth: 3 },
    { title: 'store', align: 'right', text: ({ name }) => most(of('store_bytes', name)), worth: 2 },
  ]
}

/** Of each group, how much of the time it had quorum, and how often another node came to lead it. */
export function groupColumns({ durationMs }: Report, observed: ServersObserved): Column<Watched>[] {
  const { replication, leaderChanges } = observed
  const changes = (name: string) => leaderChanges.filter(({ group }) => group === name).length
  return [
    { title: 'Quorum', align: 'left', text: ({ name }) => name, shrinks: true },
    ...outageColumns({ held: 'held', times: 'times lost', longest: 'longest without' }, durationMs),
    { title: 'leader changes', align: 'right', text: ({ name }) => exact(changes(name)), worth: 2 },
    {
      title: 'replicas behind',
      align: 'right',
      text: ({ name }) => (replication[name] ? formatDuration(replication[name].totalMs) : '–'),
      worth: 1,
    },
  ]
}

function outageColumns(
  titles: Readonly<Record<'held' | 'times' | 'longest', string>>,
  endMs: number,
): Column<Watched>[] {
  const tone = ({ outages }: Watched) => (outages.count > 0 ? 'caution' : undefined)
  return [
    { title: titles.held, align: 'right', text: ({ outages }) => percent(outages.share), tone },
    { title: titles.times, align: 'right', text: ({ outages }) => exact(outages.count), tone, worth: 6 },
    {
      title: titles.longest,
      align: 'right',
      text: ({ outages }) => (outages.count === 0 ? '–' : formatDuration(longest(outages, endMs))),
      tone,
    },
  ]
}

/** The longest time that a condition did not hold; one that goes on still ends with the run. Milliseconds. */
export function longest({ spans }: Outages, endMs: number): number {
  return Math.max(0, ...spans.map(({ from, to }) => (to ?? endMs) - from))
}

function medianCpu(series: readonly SeriesRecord[]): string {
  const median = mergeTrends(series)?.percentiles.p50
  return median === undefined ? '–' : `${Math.round(median * 100)}%`
}

function most(series: readonly SeriesRecord[]): string {
  const gauge = mergeGauges(series)
  return gauge ? formatSize(gauge.max) : '–'
}
