import { type ClientEntry, clientAssets } from './client-script.ts'
import { html, json, type Markup, raw } from './markup.ts'
import { style } from './style.ts'

export interface PageDocument {
  readonly title: string
  readonly body: Markup
  /** What its script draws. */
  readonly data: unknown
  readonly entry: ClientEntry
  /** It may ask who served it for news. */
  readonly live?: boolean
}

/**
 * One HTML page that needs nothing else: its tables are there without any script, its charts are drawn by the script that it
 * holds. Its Content-Security-Policy lets nothing else run, and nothing be fetched.
 */
export async function renderDocument({ title, body, data, entry, live = false }: PageDocument): Promise<string> {
  const { script, scriptHash, plotStyle } = await clientAssets(entry)
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    `script-src '${scriptHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(live ? ["connect-src 'self'"] : []),
  ]
  const page = html`<!doctype html>
<html lang="en"${live && raw(' data-live')}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(plotStyle)}${raw(style)}</style>
</head>
<body>
${body}
<script type="application/json" id="chart-data">${json(data)}</script>
<script>${raw(script)}</script>
</body>
</html>
`
  return page.html
}

export interface DocumentSection {
  readonly id: string
  readonly title: string
  readonly body: Markup
}

/** What is below a page's head: links to its sections, and the sections. */
export function documentParts(sections: readonly DocumentSection[], label: string): Markup {
  return html`<nav aria-label="${label}">
${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
<button type="button" id="theme">light / dark</button>
</nav>
<main>
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`,
)}
</main>`
}
