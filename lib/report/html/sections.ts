import type { StreamLedger } from '../../load/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { counted } from '../numbers.ts'
import type { Report } from '../schema.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { failoverRemarks } from '../tables/failover.ts'
import { faultColumns, faultErrors, faultInterventions, faultProofs } from '../tables/faults.ts'
import { headlines, latencyColumns, latencyRows, measureRow } from '../tables/latency.ts'
import { drainRemarks, effectRemarks, ledgerFacts, lossRemarks, streamExamples, streamNotes } from '../tables/ledger.ts'
import { pathColumns, pathRemarks, pathRows } from '../tables/paths.ts'
import { phaseColumns, phaseRows } from '../tables/phases.ts'
import { reasonRemarks } from '../tables/reasons.ts'
import { recoveryColumns, recoveryLegend, recoveryRows } from '../tables/recovery.ts'
import { restartColumns, restartRows } from '../tables/restarts.ts'
import { scriptColumns, scriptFacts } from '../tables/script-metrics.ts'
import { lastTroubles, leakRemarks, pastTroubles } from '../tables/server-remarks.ts'
import { groupColumns, nodeColumns, watched } from '../tables/servers.ts'
import { activeFact, instanceColumns, stateRemarks, troubleRemarks } from '../tables/services.ts'
import { streamColumns } from '../tables/streams.ts'
import { thresholdColumns, thresholdRows } from '../tables/thresholds.ts'
import { throughputColumns, throughputRows, throughputTitles } from '../tables/throughput.ts'
import type { ChartData, PagePart } from './chart-data.ts'
import type { DocumentSection } from './document.ts'
import { environment } from './environment.ts'
import { figures } from './figures.ts'
import { heatmapFigures } from './heatmap-figures.ts'
import { html, type Markup } from './markup.ts'
import { regionSection } from './region-section.ts'
import { remarkList } from './remarks.ts'
import { table } from './table.ts'

type Make = (report: Report, data: ChartData) => Markup | undefined

const all: readonly (readonly [id: string, title: string, make: Make])[] = [
  ['overview', 'Overview', overview],
  ['timeline', 'Timeline', timeline],
  ['latency', 'Latency', latency],
  ['faults', 'Faults and recovery', faults],
  ['regions', 'Regions', (report, data) => regionSection(report, panelsOf(data, 'regions'))],
  ['servers', 'Servers', servers],
  ['services', 'Services', services],
  ['ledger', 'Ledger', ledger],
  ['script', 'Script', script],
  ['environment', 'Environment', environment],
]

/** The page's parts, in order; without those that have nothing to say. */
export function sections(report: Report, data: ChartData): DocumentSection[] {
  return all.flatMap(([id, title, make]) => {
    const body = make(report, data)
    return body ? [{ id, title, body }] : []
  })
}

function overview(report: Report): Markup {
  return html`<div class="sides">
${report.thresholds.length > 0 && table(thresholdColumns(report), thresholdRows(report))}
${report.phases.length > 0 && table(phaseColumns(), phaseRows(report))}
</div>`
}

function timeline(_: Report, data: ChartData): Markup | undefined {
  const panels = panelsOf(data, 'timeline')
  if (panels.length === 0) return undefined
  return html`<p class="about">Drag over a chart, or choose a part, to look closer: all charts follow. Double click, or 0, goes
back. With a chart in focus ← → move the cursor, shift ← → the view, + − zoom. Violet bands are faults in force, dashed lines changes of
a leader.</p>
<div id="zoom" role="group" aria-label="show a part of the run"></div>
<div id="lanes" class="chart" style="min-height: ${data.lanes.length * laneHeight}px" role="group" aria-label="what was in force, up, and leading over time"></div>
${panels}`
}

function latency(report: Report, data: ChartData): Markup | undefined {
  const tables = headlines.flatMap((headline) => {
    const rows = latencyRows(headline, report)
    if (rows.length === 0) return []
    const measured = rows.map((row) => measureRow(row, headline, report))
    return [
      table(latencyColumns(headline, rows, measured, pageColumns), measured),
      headline.throughput !== undefined && throughput(headline.throughput, report),
    ]
  })
  if (tables.length === 0) return undefined
  return html`<p class="about">From the intended start: a message that had to wait counts its wait. What never ended well has no
latency and is counted beside it. – is a percentile that the number of samples does not support.</p>
${tables}
${data.curves.map(
  ({ id, title, curves }) => html`<h3>${title}</h3>
<p class="about">Each nine takes the same width; a curve ends where its samples do.</p>
<div class="chart curve" id="curve-${id}" role="group" aria-roledescription="chart" aria-label="${title}: ${curves.map(({ label }) => label).join(', ')}; the table above has its percentiles"></div>`,
)}
${data.heatmaps.map(heatmapFigures)}`
}

const pageColumns = ['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'p99.99']

function throughput(metric: string, report: Report): Markup | undefined {
  const rows = throughputRows(metric, report)
  return rows.length === 0 ? undefined : table(throughputColumns(throughputTitles[metric] ?? metric), rows)
}

function faults(report: Report): Markup | undefined {
  const { faults: entries } = report
  if (entries.length === 0) return undefined
  return html`${table(faultColumns(), entries, 'What was done')}
${remarkList([...faultErrors(entries), ...faultInterventions(entries), ...faultProofs(entries)])}
${recovery(report)}
${restarts(report)}`
}

function restarts(report: Report): Markup | undefined {
  const rows = restartRows(report)
  return rows.length > 0 ? table(restartColumns(rows), rows, 'Rolling restarts') : undefined
}

function recovery(report: Report): Markup | undefined {
  const rows = recoveryRows(report)
  if (rows.length === 0) return undefined
  return html`${table(recoveryColumns(rows), rows, 'How it went by')}
<p class="about">${recoveryLegend.join(' · ')}</p>`
}

function servers(report: Report, data: ChartData): Markup | undefined {
  const { observed } = report
  if (!observed) return undefined
  const { leaderChanges } = observed
  return html`${remarkList([...lastTroubles(report, observed), ...pastTroubles(observed), ...leakRemarks(observed)])}
${table(nodeColumns(report), watched(observed.availability))}
${Object.keys(observed.quorum).length > 0 && table(groupColumns(report, observed), watched(observed.quorum))}
${
  leaderChanges.length > 0 &&
  html`<details><summary>${counted(leaderChanges.length, 'leader change')}</summary>
<ol>${leaderChanges.map(({ group, from, to, at }) => html`<li>${formatDuration(at)}: ${group} from ${from} to ${to}</li>`)}</ol></details>`
}
${panelsOf(data, 'servers')}`
}

function services(report: Report, data: ChartData): Markup | undefined {
  const { services: all = [] } = report
  if (all.length === 0) return undefined
  return html`${all.map((service) => {
    const troubles = troubleRemarks(service, mostLines)
    return html`${table(instanceColumns(report, service), service.instances)}
<p class="about">${activeFact(service)}</p>
${remarkList(stateRemarks(service, mostExamples))}
${troubles.map(({ remark, log }) => html`${remarkList([remark])}<pre>${log.join('\n')}</pre>`)}`
  })}
${panelsOf(data, 'services')}`
}

function script(report: Report, data: ChartData): Markup | undefined {
  const facts = scriptFacts(report)
  if (facts.length === 0) return undefined
  return html`${table(scriptColumns(), facts, 'Its own metrics and checks')}
${panelsOf(data, 'script')}`
}

function ledger(report: Report): Markup | undefined {
  const { ledger: result } = report
  if (!result) return undefined
  const { drained, consumers, streams } = result
  const paths = pathRows(result)
  const facts = ledgerFacts(report, result).map(
    ({ text, tone }, index) => html`${index > 0 && ' · '}<span class="${tone}">${text}</span>`,
  )
  return html`<p>${facts}</p>
${remarkList([...reasonRemarks(result), ...drainRemarks(result), ...effectRemarks(result)])}
${consumers.length > 0 && table(consumerColumns(drained), consumers, 'Consumers')}
${remarkList(lossRemarks(drained, consumers, mostExamples))}
${streams.length > 0 && table(streamColumns(), streams)}
${streams.map(
  (stream) => html`${remarkList(streamNotes(stream))}
${examples(stream)}`,
)}
${paths.length > 0 && table(pathColumns(), paths)}
${remarkList([...pathRemarks(result, mostExamples), ...failoverRemarks(report)])}`
}

function examples(stream: StreamLedger): Markup | undefined {
  const list = streamExamples(stream, mostExamples)
  return list.length === 0
    ? undefined
    : html`<ul>${list.map((example) => html`<li>${stream.stream}: ${example}</li>`)}</ul>`
}

function panelsOf({ panels }: ChartData, part: PagePart): Markup[] {
  return panels.filter((panel) => panel.part === part).map(figures)
}

const mostExamples = 10
const mostLines = 20
/** Pixels, at least: what is below is not to move when they are drawn. */
const laneHeight = 21
