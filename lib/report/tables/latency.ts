import { formatCount, formatDuration, windowLabel } from '../../measure/index.ts'
import { countIn, type Stretch, seriesIn, stretchesOf, trendIn } from '../breakdown.ts'
import type { Distribution } from '../merge.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'

/** An operation whose latency every output shows. */
export interface Headline {
  readonly metric: string
  readonly title: string
  /** The per-second rate of the same operation, where that is measured. */
  readonly throughput?: string
  /** The same operation without the wait before it, where that is measured. */
  readonly service?: string
  /** For how long the operation stood still, where that is measured. */
  readonly gap?: string
  /** What has no latency because it never ended well: column title → metrics. */
  readonly censored: Readonly<Record<string, readonly string[]>>
}

export const headlines: readonly Headline[] = [
  {
    metric: 'publish_latency',
    title: 'Publish latency',
    service: 'publish_service_time',
    throughput: 'publish_throughput',
    gap: 'ack_gap',
    censored: { failed: ['publish_failed'], indet: ['publish_indeterminate'], drop: ['dropped_iterations'] },
  },
  {
    metric: 'request_latency',
    title: 'Request latency',
    service: 'request_service_time',
    censored: { failed: ['request_failed'], indet: ['request_indeterminate'], drop: ['dropped_iterations'] },
  },
  {
    metric: 'http_latency',
    title: 'HTTP latency',
    service: 'http_service_time',
    censored: { failed: ['http_failed'], indet: ['http_indeterminate'], drop: ['dropped_iterations'] },
  },
  {
    metric: 'e2e_latency',
    title: 'End-to-end latency',
    throughput: 'consume_throughput',
    censored: { lost: ['lost', 'core_lost'] },
  },
]

/** Counters of operations that did not end well, by outcome. */
export const failedCounters: readonly string[] = headlines.flatMap(({ censored }) => censored.failed ?? [])
export const indeterminateCounters: readonly string[] = headlines.flatMap(({ censored }) => censored.indet ?? [])

/** What is known of a stretch without decoding a histogram. */
export interface LatencyRow {
  readonly label: string
  readonly stretch: Stretch
  readonly censored: Readonly<Record<string, number>>
}

export interface MeasuredRow extends LatencyRow {
  readonly latency: Distribution | undefined
  readonly serviceP99: number | undefined
  readonly lagP99: number | undefined
  readonly longestGap: number | undefined
}

/**
 * A row for each phase × window of an operation that has samples, or should have had: a window without one is worth a row
 * where others of its phase have some, because nothing came through in it. A window that was over when the phase began, and
 * that only other operations reached into, is not.
 */
export function latencyRows({ metric, censored }: Headline, report: Report): LatencyRow[] {
  const stretches = stretchesOf(report).map((stretch) => {
    const counts = Object.entries(censored).map(
      ([title, metrics]) => [title, countIn(report, metrics, stretch)] as const,
    )
    // Dropped iterations alone do not tell which operation they would have been.
    const ended = counts.some(([title, count]) => title !== 'drop' && count > 0)
    const used = ended || seriesIn(report, metric, stretch).length > 0
    return { stretch, used, censored: Object.fromEntries(counts) }
  })
  const phases = new Set(stretches.filter(({ used }) => used).map(({ stretch }) => stretch.phase))
  return stretches
    .filter(({ stretch, used }) => used || (stretch.seconds > 0 && phases.has(stretch.phase)))
    .map(({ stretch, censored }, index, all) => ({
      label: labelOf(stretch, all[index - 1]?.stretch.phase),
      stretch,
      censored,
    }))
}

/** Decodes and adds the histograms of a row. */
export function measureRow(row: LatencyRow, { metric, service, gap }: Headline, report: Report): MeasuredRow {
  const p99 = (of: string) => trendIn(report, of, row.stretch)?.percentiles.p99
  return {
    ...row,
    latency: trendIn(report, metric, row.stretch),
    serviceP99: service === undefined ? undefined : p99(service),
    lagP99: p99('schedule_lag'),
    longestGap: gap === undefined ? undefined : trendIn(report, gap, row.stretch)?.max,
  }
}

/** The phase's name for its baseline; windows below it, set in. */
function labelOf({ phase, window }: Stretch, previous: string | undefined): string {
  const label = windowLabel(window)
  if (phase !== previous) return window.kind === 'baseline' ? phase : `${phase}, ${label}`
  return `└ ${label}`
}

/** Percentiles with what each is worth where there is no room for all. */
const usual: Readonly<Record<string, number | undefined>> = { p50: undefined, p90: 4, p99: undefined, 'p99.9': 7 }

/** `all` are the operation's rows, `measured` those of them that are shown. */
export function latencyColumns(
  { title, censored, service }: Headline,
  all: readonly LatencyRow[],
  measured: readonly MeasuredRow[],
  percentiles = Object.keys(usual),
): Column<MeasuredRow>[] {
  const percentile = (name: string): Column<MeasuredRow> => ({
    title: name,
    align: 'right',
    text: ({ latency }) => time(latency?.percentiles[name]),
    ...(usual[name] !== undefined && { worth: usual[name] }),
  })
  const contrastColumn = (
    title: string,
    read: (row: MeasuredRow) => number | undefined,
    worth: number,
  ): Column<MeasuredRow> => ({ title, align: 'right', text: (row) => time(read(row)), tone: () => 'dim', worth })
  const censoredColumn = (title: string): Column<MeasuredRow> => {
    const none = all.every((row) => row.censored[title] === 0)
    return {
      title,
      align: 'right',
      text: (row) => exact(row.censored[title]!),
      tone: (row) => (row.censored[title] === 0 ? 'dim' : 'caution'),
      // A column of zeros may leave, one that shows trouble never does.
      ...(none && { worth: 3 }),
    }
  }
  const gapColumn: Column<MeasuredRow> = {
    title: 'ack gap',
    align: 'right',
    text: ({ longestGap }) => time(longestGap),
    worth: 7.5,
  }
  return [
    {
      title,
      align: 'left',
      text: ({ label }) => label,
      tone: ({ stretch }) => (stretch.window.kind === 'fault' ? 'fault' : undefined),
      shrinks: true,
    },
    { title: 'count', align: 'right', text: ({ latency }) => formatCount(latency?.count ?? 0), worth: 6 },
    {
      title: 'rate/s',
      align: 'right',
      text: ({ latency, stretch: { seconds } }) => (seconds === 0 ? '–' : formatCount((latency?.count ?? 0) / seconds)),
      worth: 5,
    },
    ...percentiles.map(percentile),
    { title: 'max', align: 'right', text: ({ latency }) => time(latency?.max), worth: 8 },
    ...(measured.some(({ longestGap }) => longestGap !== undefined) ? [gapColumn] : []),
    ...Object.keys(censored).map(censoredColumn),
    ...(service === undefined
      ? []
      : [
          contrastColumn('svc p99', ({ serviceP99 }) => serviceP99, 2),
          contrastColumn('lag p99', ({ lagP99 }) => lagP99, 1),
        ]),
  ]
}

/** A duration, or a dash where there was no sample. */
function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : formatDuration(milliseconds)
}
