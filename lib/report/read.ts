import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { UserError } from '../errors.ts'
import { fileError } from './file-error.ts'
import { type Report, reportVersion } from './schema.ts'
import { reportShape } from './shape.ts'

/** @throws UserError when it is missing, not a report, damaged, or made by a newer Squall. */
export async function readReport(path: string): Promise<Report> {
  return parseReport(await readReportText(path), path)
}

/** The file's text as stored. @throws UserError when it can't be read. */
export async function readReportText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const isPattern = /[*?]/.test(path)
    const hint = `${isPattern ? 'No file matches it. ' : ''}Name the file that \`squall run\` printed.`
    throw fileError('The report could not be read from', path, error, hint)
  }
}

/** Makes a report of a file's text; `path` is for messages. @throws UserError as {@link readReport}. */
export function parseReport(text: string, path: string): Report {
  const report = parseIfReport(text, path)
  if (!report) throw new UserError(`${path} is not a Squall report: it has no "format": "squall-report".`)
  return report
}

/** The same; undefined for JSON of another kind. @throws UserError for what is no JSON, too. */
export function parseIfReport(text: string, path: string): Report | undefined {
  const data = parseJson(text, path)
  if (!isObject(data) || data.format !== 'squall-report') return undefined
  const { version } = data
  if (typeof version === 'number' && version > reportVersion) {
    throw new UserError(
      `${path} was made by a newer Squall, report version ${version}; this one reads up to ${reportVersion}.`,
      { hint: 'Update Squall: npm install squall@latest' },
    )
  }
  const result = v.safeParse(reportShape, data, { abortEarly: true })
  if (!result.success) {
    const [issue] = result.issues
    const where = v.getDotPath(issue) ?? 'it'
    throw new UserError(`${path} is damaged: ${where} is ${wrongIn(issue)}.`)
  }
  return data as unknown as Report
}

/** What a part is instead of what it must be. A check that is more than one of its type has its own words. */
function wrongIn({ kind, message, received, expected }: v.BaseIssue<unknown>): string {
  if (kind === 'validation') return message
  return received === 'undefined' ? 'missing' : `${received} instead of ${expected}`
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = text.trim() === '' ? 'the file is empty' : (cause as Error).message
    throw new UserError(`${path} is not a Squall report: it is not JSON (${reason}).`, { cause })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
