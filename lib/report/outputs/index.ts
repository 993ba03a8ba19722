import { extname } from 'node:path'
import type { Selector } from '../../measure/index.ts'
import { renderPage } from '../html/page.ts'
import type { Report } from '../schema.ts'
import { renderCsv, renderNdjson } from './intervals.ts'
import { renderJunit } from './junit.ts'
import { renderK6Summary } from './k6.ts'
import { renderMarkdown } from './markdown.ts'
import { renderOpenMetrics } from './openmetrics.ts'
import { renderHgrm, renderHlog } from './percentiles.ts'

/** Something that is made from a report alone, as the text of a file. */
export interface Output {
  /** Its option: `--html`. */
  readonly name: string
  readonly description: string
  /** With its dot. */
  readonly extension: string
  /** `select` narrows what is one distribution; other outputs hold everything. */
  readonly make: (report: Report, select?: Selector) => string | Promise<string>
}

/** What `run` writes beside the report by itself. */
export const pageOutput: Output = {
  name: 'html',
  description: 'one HTML page, offline',
  extension: '.html',
  make: (report) => renderPage(report),
}

/** Every output besides the summary and the report itself. */
export const outputs: readonly Output[] = [
  pageOutput,
  { name: 'markdown', description: 'Markdown, for a pull request', extension: '.md', make: renderMarkdown },
  { name: 'junit', description: 'JUnit XML: thresholds, checks, ledger', extension: '.xml', make: renderJunit },
  { name: 'csv', description: 'the run second by second as a table', extension: '.csv', make: renderCsv },
  { name: 'ndjson', description: 'the same, a JSON object a line', extension: '.ndjson', make: renderNdjson },
  { name: 'hgrm', description: "HdrHistogram's percentile distribution", extension: '.hgrm', make: renderHgrm },
  { name: 'hlog', description: "HdrHistogram's interval log", extension: '.hlog', make: renderHlog },
  {
    name: 'openmetrics',
    description: 'OpenMetrics text, for Prometheus',
    extension: '.prom',
    make: (report) => renderOpenMetrics(report),
  },
  { name: 'k6', description: "k6's end-of-test summary", extension: '.k6.json', make: renderK6Summary },
]

/** Where an output goes unless told otherwise: `runs/a.json` → `runs/a.html`. */
export function pathBeside(reportPath: string, { extension }: Output): string {
  const own = extname(reportPath)
  return reportPath.slice(0, reportPath.length - own.length) + extension
}
