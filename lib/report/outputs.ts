import { extname } from 'node:path'
import { renderPage } from './html/page.ts'
import type { Report } from './schema.ts'

/** Something that is made from a report alone, as the text of a file. */
export interface Output {
  /** Its option: `--html`. */
  readonly name: string
  readonly description: string
  /** With its dot. */
  readonly extension: string
  readonly make: (report: Report) => string | Promise<string>
}

/** Every output besides the summary and the report itself. */
export const outputs: readonly Output[] = [
  { name: 'html', description: 'one HTML page, offline', extension: '.html', make: renderPage },
]

/** Where an output goes unless told otherwise: `runs/a.json` → `runs/a.html`. */
export function pathBeside(reportPath: string, { extension }: Output): string {
  const own = extname(reportPath)
  return reportPath.slice(0, reportPath.length - own.length) + extension
}
