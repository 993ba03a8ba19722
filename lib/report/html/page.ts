import { basename } from 'node:path'
import type { Report, Verdict } from '../schema.ts'
import { meaningOf, runFacts, timeScaleFact, verdictWords } from '../words.ts'
import type { ChartData } from './chart-data.ts'
import { chartData } from './data.ts'
import { documentParts, renderDocument } from './document.ts'
import { html, type Markup, raw } from './markup.ts'
import { sections } from './sections.ts'
import { verdictHead } from './verdict-head.ts'

const stands: Readonly<Record<Verdict, string>> = {
  passed: 'good',
  unknown: 'caution',
  interrupted: 'caution',
  failed: 'bad',
  invalid: 'bad',
  error: 'bad',
}

/** The parts of a page that change while a run goes on. */
export interface PageParts {
  readonly title: string
  /** Of the elements with the ids `head` and `parts`. */
  readonly head: string
  readonly parts: string
  readonly data: ChartData
}

/** While the run goes on: a `live` page says so, instead of a verdict. */
export interface PageOptions {
  readonly live?: boolean
}

export function renderParts(report: Report, { live = false }: PageOptions = {}): PageParts {
  const data = chartData(report)
  const made = sections(report, data)
  const name = basename(report.plan.script.path)
  const word = live ? 'RUNNING' : verdictWords[report.result.verdict]
  return {
    title: `${word} ${name} · ${report.build.label}`,
    head: head(report, name, live).html,
    parts: documentParts(made, 'parts of the report').html,
    data,
  }
}

/** The report as one HTML page that needs nothing else; a live page may ask who served it for news. */
export function renderPage(report: Report, { live = false }: PageOptions = {}): Promise<string> {
  const { title, head, parts, data } = renderParts(report, { live })
  return renderDocument({
    title,
    body: html`<header id="head">${raw(head)}</header>
<div id="parts">${raw(parts)}</div>
<div id="said" class="unseen" role="status"></div>
<footer>Made by Squall ${report.environment.squall} from the report of run ${report.id} alone. Every number in a table is the report’s own.</footer>`,
    data,
    entry: 'main',
    live,
  })
}

function head(report: Report, name: string, live: boolean): Markup {
  const { result } = report
  const meta = [...runFacts(report), ...timeScaleFact(report)].join(' · ')
  if (live) {
    const title = `${name}: ${report.phases.at(-1)?.name ?? 'starting'}`
    return verdictHead({ word: 'RUNNING', tone: '1', title, meta })
  }
  const code = result.exitCode === 0 ? '' : ` (exit ${result.exitCode})`
  return verdictHead({
    word: verdictWords[result.verdict],
    tone: stands[result.verdict],
    title: `${name}: ${meaningOf(report)}${code}`,
    reasons: result.reasons,
    meta,
  })
}
