import { basename } from 'node:path'
import type { Report, Verdict } from '../schema.ts'
import { meaningOf, runFacts, timeScaleFact, verdictWords } from '../words.ts'
import type { ChartData } from './chart-data.ts'
import { clientAssets } from './client-script.ts'
import { chartData } from './data.ts'
import { html, json, type Markup, raw } from './markup.ts'
import { sections } from './sections.ts'
import { style } from './style.ts'

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
    parts: html`<nav aria-label="parts of the report">
${made.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
<button type="button" id="theme">light / dark</button>
</nav>
<main>
${made.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`,
)}
</main>`.html,
    data,
  }
}

/**
 * The report as one HTML page that needs nothing else: its tables are there without any script, its charts are drawn by
 * the script that it holds. Its Content-Security-Policy lets nothing else run, and nothing be fetched; a live page may ask
 * who served it for news.
 */
export async function renderPage(report: Report, options: PageOptions = {}): Promise<string> {
  const { script, scriptHash, plotStyle } = await clientAssets()
  const { title, head, parts, data } = renderParts(report, options)
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    `script-src '${scriptHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(options.live ? ["connect-src 'self'"] : []),
  ]
  const page = html`<!doctype html>
<html lang="en"${options.live && raw(' data-live')}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(plotStyle)}${raw(style)}</style>
</head>
<body>
<header id="head">${raw(head)}</header>
<div id="parts">${raw(parts)}</div>
<footer>Made by Squall ${report.environment.squall} from the report of run ${report.id} alone. Every number in a table is the report’s own.</footer>
<script type="application/json" id="chart-data">${json(data)}</script>
<script>${raw(script)}</script>
</body>
</html>
`
  return page.html
}

function head(report: Report, name: string, live: boolean): Markup {
  const { result } = report
  const about = [...runFacts(report), ...timeScaleFact(report)]
  const title = live
    ? html`<span class="word">RUNNING</span> ${name}: ${report.phases.at(-1)?.name ?? 'starting'}`
    : html`<span class="word">${verdictWords[result.verdict]}</span> ${name}: ${meaningOf(report)}${
        result.exitCode !== 0 && ` (exit ${result.exitCode})`
      }`
  return html`<div class="verdict" style="--stands: var(--${live ? '1' : stands[result.verdict]})">
<h1>${title}</h1>
${!live && result.reasons.length > 0 && html`<ul>${result.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<p class="meta">${about.join(' · ')}</p>
</div>`
}
