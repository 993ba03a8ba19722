import { windowLabel } from '../../measure/index.ts'
import { type Comparison, type ComparisonRow, overall } from '../compare/compare.ts'
import { valueText } from '../compare/figure-words.ts'
import { changeOf, intervalOf } from '../compare/json.ts'
import type { CompareVerdict } from '../compare/judge.ts'
import { median } from '../compare/shift.ts'
import { type Spectrum, spectra } from '../compare/spectrum.ts'
import { columns, notesOf, sidesOf } from '../compare/table.ts'
import type { Report } from '../schema.ts'
import type { Column } from '../tables/column.ts'
import { verdictWords } from '../words.ts'
import { type DocumentSection, documentParts, renderDocument } from './document.ts'
import { html, type Markup } from './markup.ts'
import type { DifferenceChart, PlotData } from './plot-data.ts'
import { rounded } from './round.ts'
import { runDots } from './run-dots.ts'
import { type PageColumn, table } from './table.ts'
import { verdictHead } from './verdict-head.ts'

const stands: Readonly<Record<CompareVerdict, string>> = {
  REGRESSED: 'bad',
  IMPROVED: 'good',
  SAME: 'good',
  INCONCLUSIVE: 'caution',
}

/** A comparison as one HTML page that needs nothing else: verdict, table, how each percentile shifted, the runs. */
export function renderComparisonPage(
  comparison: Comparison,
  base: readonly Report[],
  head: readonly Report[],
): Promise<string> {
  const verdict = overall(comparison)
  const word = verdict ?? 'NO VERDICT'
  const found = spectra(comparison, base, head)
  const [report] = head
  const sections: readonly DocumentSection[] = [
    { id: 'figures', title: 'Figures', body: figures(comparison) },
    ...(found.length > 0 ? [{ id: 'percentiles', title: 'Percentiles', body: html`${found.map(percentiles)}` }] : []),
    { id: 'runs', title: 'Runs', body: table(runColumns, runRows(base, head), 'Runs') },
  ]
  const data: PlotData = { differences: found.map(differenceChart), histories: [] }
  return renderDocument({
    title: `${word}: ${sidesOf(comparison)}`,
    body: html`<header>${verdictHead({
      word,
      tone: verdict ? stands[verdict] : 'caution',
      title: sidesOf(comparison),
      meta: report && `${report.environment.cpu} × ${report.environment.cores}, host ${report.environment.hostname}`,
    })}</header>
${documentParts(sections, 'parts of the comparison')}
<footer>Made by Squall ${report?.environment.squall} from the reports alone. Every number in a table is the comparison’s own.</footer>`,
    data,
    entry: 'plots',
  })
}

function figures(comparison: Comparison): Markup {
  const runs: PageColumn<ComparisonRow> = {
    title: 'each run',
    align: 'left',
    text: () => '',
    markup: ({ figure, base, head }) =>
      runDots({ base: { values: base, median: median(base) }, head: { values: head, median: median(head) } }, (value) =>
        valueText(value, figure),
      ),
  }
  return html`${table([...columns.map(withWholeVerdict), runs], comparison.rows, 'Figures')}
<p class="about">Dots are runs, the base’s above the head’s; strokes are the medians.</p>
<ul>${notesOf(comparison).map((note) => html`<li>${note}</li>`)}</ul>`
}

/** A verdict is one word, however narrow its column. */
function withWholeVerdict(column: Column<ComparisonRow>): PageColumn<ComparisonRow> {
  if (column.title !== 'verdict') return column
  return {
    ...column,
    markup: (row) => {
      const [word, ...rest] = column.text(row).split(',')
      return html`<span class="whole">${word}</span>${rest.map((more) => html`,${more}`)}`
    },
  }
}

type SpectrumPoint = Spectrum['points'][number]

const spectrumColumns: readonly Column<SpectrumPoint>[] = [
  { title: 'Percentile', align: 'left', text: ({ percentile }) => percentile },
  { title: 'change', align: 'right', text: ({ shift }) => percentText(changeOf(shift.estimate, 'ratio')) },
  {
    title: '95% interval',
    align: 'right',
    text: ({ shift }) => {
      const interval = intervalOf(shift, 'ratio')
      return interval ? `${percentText(interval.low)} to ${percentText(interval.high)}` : '–'
    },
  },
]

function percentiles({ figure, points }: Spectrum, index: number): Markup {
  const { definition, stretch } = figure
  const window = stretch.window.kind === 'baseline' ? [] : [windowLabel(stretch.window)]
  const title = [definition.name, stretch.phase, ...window].join(' · ')
  return html`<h3>${title}</h3>
<p class="about">By how much each percentile of the head is above the base’s, with a 95 % interval of its own, not corrected for how
many there are; – has too few runs for one.</p>
<div class="chart" id="difference-${index}" role="img" aria-label="${title}: change of each percentile; the table below has them"></div>
<details><summary>as a table</summary>${table(spectrumColumns, points, `${title}: change by percentile`)}</details>`
}

function differenceChart({ points }: Spectrum, index: number): DifferenceChart {
  const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? rounded(value) : null)
  const intervals = points.map(({ shift }) => intervalOf(shift, 'ratio'))
  return {
    id: `${index}`,
    shares: points.map(({ share }) => share),
    changes: points.map(({ shift }) => finite(changeOf(shift.estimate, 'ratio'))),
    low: intervals.map((interval) => finite(interval?.low)),
    high: intervals.map((interval) => finite(interval?.high)),
  }
}

function percentText(change: number): string {
  if (!Number.isFinite(change)) return change > 0 ? '+inf' : '-inf'
  return `${change < 0 ? '-' : '+'}${Math.abs(change * 100).toFixed(1)}%`
}

interface RunRow {
  readonly side: 'base' | 'head'
  readonly report: Report
}

function runRows(base: readonly Report[], head: readonly Report[]): RunRow[] {
  const rows = (side: RunRow['side'], reports: readonly Report[]) => reports.map((report) => ({ side, report }))
  return [...rows('base', base), ...rows('head', head)].sort((a, b) =>
    a.report.startedAt.localeCompare(b.report.startedAt),
  )
}

const runColumns: readonly Column<RunRow>[] = [
  { title: 'Run', align: 'left', text: ({ report }) => report.id },
  { title: 'side', align: 'left', text: ({ side }) => side },
  { title: 'build', align: 'left', text: ({ report }) => report.build.label },
  { title: 'started', align: 'left', text: ({ report }) => report.startedAt.replace('T', ' ').slice(0, 19) },
  { title: 'verdict', align: 'left', text: ({ report }) => verdictWords[report.result.verdict] },
  {
    title: 'nats-server',
    align: 'left',
    text: ({ report }) => [...new Set(report.servers.map(({ version }) => version))].join(', '),
  },
  { title: 'seed', align: 'right', text: ({ report }) => String(report.plan.options.seed) },
]
