import { figureLabel } from '../compare/figure-words.ts'
import type { BuildHistory, HistoryLine } from '../history/history.ts'
import { aboutOf, buildColumns, buildRows, foundOf, headOf, isWorse, lineColumns, notesOf } from '../history/table.ts'
import type { ChartUnit } from './chart-data.ts'
import { type DocumentSection, documentParts, renderDocument } from './document.ts'
import { html, type Markup } from './markup.ts'
import type { HistoryChart, PlotData } from './plot-data.ts'
import { rounded } from './round.ts'
import { table } from './table.ts'
import { verdictHead } from './verdict-head.ts'

/** A history as one HTML page that needs nothing else: a row and a chart for each figure, and every build of it. */
export function renderHistoryPage(history: BuildHistory): Promise<string> {
  const { lines } = history
  const found = foundOf(history)
  const sections: readonly DocumentSection[] = [
    {
      id: 'overview',
      title: 'Overview',
      body: html`${table(lineColumns(), lines, 'Figures')}
<ul>${notesOf(history).map((note) => html`<li>${note}</li>`)}</ul>`,
    },
    { id: 'builds', title: 'Builds', body: html`${lines.map(build)}` },
  ]
  const data: PlotData = { differences: [], histories: lines.map(historyChart) }
  return renderDocument({
    title: `History of ${headOf(history)}`,
    body: html`<header>${verdictHead({
      word: found.toUpperCase(),
      tone: lines.some(({ changes }) => changes.length > 0) ? 'caution' : 'muted',
      title: aboutOf(history),
    })}</header>
${documentParts(sections, 'parts of the history')}
<footer>Made by Squall from the reports alone. Every number in a table is theirs.</footer>`,
    data,
    entry: 'plots',
  })
}

function build(line: HistoryLine, index: number): Markup {
  const title = figureLabel(line.figure)
  return html`<h3>${title}</h3>
<p class="about">The median of each build’s runs, from their lowest to their highest. Dashed lines are changes.</p>
<div class="chart" id="history-${index}" role="img" aria-label="${title} over builds; the table below has them"></div>
<details><summary>as a table</summary>${table(buildColumns(line), buildRows(line), title)}</details>`
}

function historyChart(line: HistoryLine, index: number): HistoryChart {
  const { builds, scale, changes } = line
  const values = (of: (point: HistoryLine['builds'][number]) => number) =>
    builds.map((point) => (Number.isFinite(of(point)) ? rounded(of(point)) : null))
  const finite = builds.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite)
  return {
    id: `${index}`,
    unit: unitOf(line),
    log: scale === 'ratio' && Math.max(...finite) > 8 * Math.min(...finite),
    builds: builds.map(({ build }) => build),
    medians: values(({ median }) => median),
    low: values(({ low }) => low),
    high: values(({ high }) => high),
    changes: changes.map(({ at, shift }) => ({ at, tone: isWorse(line, shift) ? 'bad' : 'good' })),
  }
}

/** As the tables write it: only what is counted as a rate is shown in percent. */
function unitOf({ figure: { definition, aggregation } }: HistoryLine): ChartUnit {
  if (definition.type === 'rate') return 'share'
  if (definition.unit === 'share' || aggregation.kind === 'count') return 'count'
  return definition.unit
}
