import { formatCount, formatDuration, windowLabel } from '../../measure/index.ts'
import { countIn, type Stretch, seriesIn, stretchesOf, trendIn } from '../breakdown.ts'
import type { Distribution } from '../merge.ts'
import type { Report } from '../schema.ts'
import { exact } from './numbers.ts'
import { andMore, firstOf, type Paper, type Section } from './paper.ts'
import { type Column, layTable } from './table.ts'
import { flow } from './text.ts'
import { throughputLines } from './throughput.ts'

interface Headline {
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

const headlines: readonly Headline[] = [
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
    metric: 'e2e_latency',
    title: 'End-to-end latency',
    throughput: 'consume_throughput',
    censored: { lost: ['lost', 'core_lost'] },
  },
]

const mostRows = 12

/** What is known of a stretch without decoding a histogram. */
interface Row {
  readonly label: string
  readonly stretch: Stretch
  readonly censored: Readonly<Record<string, number>>
}

interface MeasuredRow extends Row {
  readonly latency: Distribution | undefined
  readonly serviceP99: number | undefined
  readonly lagP99: number | undefined
  readonly longestGap: number | undefined
}

/** A table of phase × window for every headline latency that has samples, or should have had. */
export const latencies: Section = (report, paper) =>
  headlines
    .map((headline) => latencyTable(headline, report, paper))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))

function latencyTable(headline: Headline, report: Report, paper: Paper): string[] {
  const rows = rowsOf(headline, report)
  if (rows.length === 0) return []
  const { first, more } = firstOf(rows, mostRows)
  const measured = first.map((row) => measure(row, headline, report))
  const gaps = measured.some(({ longestGap }) => longestGap !== undefined)
  const table = layTable(columnsOf(headline, rows, gaps, paper), measured, paper)
  const contrast = headline.service !== undefined && !table.shown.some(({ title }) => title === 'svc p99')
  return [
    ...table.lines,
    ...andMore(more, 'windows in the report', paper),
    ...(contrast && more === 0 ? contrastOf(measured, paper) : []),
    ...(headline.throughput === undefined ? [] : throughputLines(headline.throughput, report, paper)),
  ]
}

/** A window without a sample is worth a row where others of its phase have some: nothing came through in it. */
function rowsOf({ metric, censored }: Headline, report: Report): Row[] {
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
    .filter(({ stretch }) => phases.has(stretch.phase))
    .map(({ stretch, censored }, index, all) => ({
      label: labelOf(stretch, all[index - 1]?.stretch.phase),
      stretch,
      censored,
    }))
}

function measure(row: Row, { metric, service, gap }: Headline, report: Report): MeasuredRow {
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

function columnsOf(
  { title, censored, service }: Headline,
  rows: readonly Row[],
  gaps: boolean,
  { paint }: Paper,
): Column<MeasuredRow>[] {
  const percentile = (name: string, worth?: number): Column<MeasuredRow> => ({
    title: name,
    align: 'right',
    text: ({ latency }) => time(latency?.percentiles[name]),
    ...(worth !== undefined && { worth }),
  })
  const contrastColumn = (
    title: string,
    read: (row: MeasuredRow) => number | undefined,
    worth: number,
  ): Column<MeasuredRow> => ({
    title,
    align: 'right',
    text: (row) => time(read(row)),
    paint: () => paint.dim,
    worth,
  })
  const censoredColumn = (title: string): Column<MeasuredRow> => {
    const none = rows.every((row) => row.censored[title] === 0)
    return {
      title,
      align: 'right',
      text: (row) => exact(row.censored[title]!),
      paint: (row) => (row.censored[title] === 0 ? paint.dim : paint.caution),
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
      paint: ({ stretch }) => (stretch.window.kind === 'fault' ? paint.fault : undefined),
      shrinks: true,
    },
    { title: 'count', align: 'right', text: ({ latency }) => formatCount(latency?.count ?? 0), worth: 6 },
    {
      title: 'rate/s',
      align: 'right',
      text: ({ latency, stretch: { seconds } }) => (seconds === 0 ? '–' : formatCount((latency?.count ?? 0) / seconds)),
      worth: 5,
    },
    percentile('p50'),
    percentile('p90', 4),
    percentile('p99'),
    percentile('p99.9', 7),
    { title: 'max', align: 'right', text: ({ latency }) => time(latency?.max), worth: 8 },
    ...(gaps ? [gapColumn] : []),
    ...Object.keys(censored).map(censoredColumn),
    ...(service === undefined
      ? []
      : [
          contrastColumn('svc p99', ({ serviceP99 }) => serviceP99, 2),
          contrastColumn('lag p99', ({ lagP99 }) => lagP99, 1),
        ]),
  ]
}

/** What the columns for it would have said, at its worst. */
function contrastOf(rows: readonly MeasuredRow[], { paint, width }: Paper): string[] {
  const worst = (read: (row: MeasuredRow) => number | undefined) => {
    const values = rows.map(read).filter((value) => value !== undefined)
    return values.length === 0 ? '–' : formatDuration(Math.max(...values))
  }
  const parts = [
    'worst p99:',
    `service time ${worst(({ serviceP99 }) => serviceP99)}`,
    `schedule lag ${worst(({ lagP99 }) => lagP99)}`,
  ]
  return flow(parts, '  ', width - 2).map((line) => paint.dim(`  ${line}`))
}

function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : formatDuration(milliseconds)
}
