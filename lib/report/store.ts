import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { fileError } from './file-error.ts'
import { parseIfReport, readReport, readReportText } from './read.ts'
import type { Report } from './schema.ts'

/**
 * The reports in folders, and those that are named, one after another: a 75-minute one takes tens of megabytes. In a folder,
 * and the folders in it, every `.json` file is looked at, and what is JSON of another kind is passed over.
 *
 * @throws UserError for what can't be read or is damaged, for a named file that is no report, and when there is none at all
 */
export async function* readReports(paths: readonly string[]): AsyncGenerator<Report> {
  let found = 0
  for (const path of paths) {
    for await (const report of readPath(path)) {
      found += 1
      yield report
    }
  }
  if (found === 0) {
    throw new UserError(`There is no report in ${paths.join(', ')}.`, {
      hint: 'Name a folder that `squall run` or `squall duel` wrote reports to.',
    })
  }
}

async function* readPath(path: string): AsyncGenerator<Report> {
  if (!(await isFolder(path))) {
    yield await readReport(path)
    return
  }
  for (const file of await jsonFilesIn(path)) {
    const report = parseInFolder(await readReportText(file), file)
    if (report) yield report
  }
}

function parseInFolder(text: string, file: string): Report | undefined {
  try {
    return parseIfReport(text, file)
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    const hint = [cause.hint, 'Take it out of the folder, or name the reports, to do without it.'].filter(Boolean)
    throw new UserError(cause.message, { cause, hint: hint.join('\n') })
  }
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw unreadable(folder, error)
  })
  const files: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    // Hidden ones are not for readers: half-written reports among them.
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    if (entry.isDirectory()) files.push(...(await jsonFilesIn(path)))
    else if (entry.name.endsWith('.json')) files.push(path)
  }
  return files
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error) => {
    throw unreadable(path, error)
  })
  return found.isDirectory()
}

function unreadable(path: string, cause: unknown): UserError {
  return fileError('Reports could not be read from', path, cause, 'Name a folder that `squall run` wrote reports to.')
}
