import { formatCount, formatDuration } from '../../measure/index.ts'
import { type Distribution, mergeTrends, sumCounters } from '../merge.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'
import { failedCounters, headlines, indeterminateCounters } from './latency.ts'

/** A phase as a whole, all its windows together. */
export interface PhaseRow {
  readonly name: string
  readonly durationMs: number | undefined
  readonly iterations: number
  readonly dropped: number
  readonly latency: Distribution | undefined
  readonly failed: number
  readonly indeterminate: number
  readonly lost: number
}

/** The operation that a phase is known by: the first of these that has samples. */
const leading = headlines.map(({ metric }) => metric)
const failed = [...failedCounters, 'iteration_errors']

export function phaseRows(report: Report): PhaseRow[] {
  const metric = leading.find((name) => report.series.some((series) => series.metric === name))
  return report.phases.map(({ name, startMs, endMs }) => {
    const own = report.series.filter(({ tags }) => tags.phase === name)
    const count = (metrics: readonly string[]) => sumCounters(own.filter(({ metric }) => metrics.includes(metric)))
    return {
      name,
      durationMs: endMs === undefined ? undefined : endMs - startMs,
      iterations: count(['iterations']),
      dropped: count(['dropped_iterations']),
      latency: mergeTrends(own.filter((series) => series.metric === metric)),
      failed: count(failed),
      indeterminate: count(indeterminateCounters),
      lost: count(['lost', 'core_lost']),
    }
  })
}

export function phaseColumns(): Column<PhaseRow>[] {
  const time = (title: string, read: (row: PhaseRow) => number | undefined): Column<PhaseRow> => ({
    title,
    align: 'right',
    text: (row) => {
      const value = read(row)
      return value === undefined ? '–' : formatDuration(value)
    },
  })
  const count = (title: string, read: (row: PhaseRow) => number, tone: 'caution' | 'bad'): Column<PhaseRow> => ({
    title,
    align: 'right',
    text: (row) => exact(read(row)),
    tone: (row) => (read(row) > 0 ? tone : 'dim'),
  })
  return [
    { title: 'Phases', align: 'left', text: ({ name }) => name },
    time('lasted', ({ durationMs }) => durationMs),
    { title: 'iterations', align: 'right', text: ({ iterations }) => exact(iterations) },
    {
      title: 'a second',
      align: 'right',
      text: ({ iterations, durationMs }) => (durationMs ? formatCount((iterations * 1_000) / durationMs) : '–'),
    },
    time('p50', ({ latency }) => latency?.percentiles.p50),
    time('p99', ({ latency }) => latency?.percentiles.p99),
    time('max', ({ latency }) => latency?.max),
    count('failed', ({ failed }) => failed, 'caution'),
    count('indet', ({ indeterminate }) => indeterminate, 'caution'),
    count('dropped', ({ dropped }) => dropped, 'caution'),
    count('lost', ({ lost }) => lost, 'bad'),
  ]
}
