import { basename } from 'node:path'
import { formatDuration } from '../../measure/index.ts'
import type { Report, Verdict } from '../schema.ts'
import { meaningOf, verdictWords } from '../words.ts'
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

/**
 * The report as one HTML page that needs nothing else: its tables are there without any script, its charts are drawn by
 * the script that it holds. Its Content-Security-Policy lets nothing else run, and nothing be fetched.
 */
export async function renderPage(report: Report): Promise<string> {
  const { script, scriptHash, plotStyle } = await clientAssets()
  const data = chartData(report)
  const parts = sections(report, data)
  const name = basename(report.plan.script.path)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdictWords[report.result.verdict]} ${name} · ${report.build.label}</title>
<style>${raw(plotStyle)}${raw(style)}</style>
</head>
<body>
${head(report, name)}
<nav aria-label="parts of the report">
${parts.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
<button type="button" id="theme">light / dark</button>
</nav>
<main>
${parts.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`,
)}
</main>
<footer>Made by Squall ${report.environment.squall} from the report of run ${report.id} alone. Every number in a table is the report’s own.</footer>
${dataElement(data)}
<script>${raw(script)}</script>
</body>
</html>
`
  return page.html
}

function head(report: Report, name: string): Markup {
  const { result, plan, build, startedAt, durationMs } = report
  const about = [
    `${formatDuration(durationMs)} from ${startedAt.replace('T', ' ').slice(0, 19)} UTC`,
    `build ${build.label}${build.dirty ? ' (dirty)' : ''}`,
    ...(plan.options.timeScale === 1 ? [] : [`time scale ${plan.options.timeScale}`]),
  ]
  return html`<header>
<div class="verdict" style="--stands: var(--${stands[result.verdict]})">
<h1><span class="word">${verdictWords[result.verdict]}</span> ${name}: ${meaningOf(report)}${result.exitCode !== 0 && ` (exit ${result.exitCode})`}</h1>
${result.reasons.length > 0 && html`<ul>${result.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<p class="meta">${about.join(' · ')}</p>
</div>
</header>`
}

function dataElement(data: ChartData): Markup {
  return html`<script type="application/json" id="chart-data">${json(data)}</script>`
}
