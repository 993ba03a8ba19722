import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { UserError } from '../errors.ts'
import { fileError } from './file-error.ts'
import type { Report } from './schema.ts'

const hint = 'Choose another place for it.'

/** Whole, or in pieces. */
type Text = string | Iterable<string>

/**
 * Writes the report as JSON; see {@link writeOutput}.
 *
 * @throws TypeError when a number in the report is not one: JSON would silently make it null.
 */
export async function writeReport(report: Report, path: string): Promise<void> {
  await writeOutput(serialised(report), path)
}

/**
 * Writes a text so that `path` holds either what it held before or all of the new text, whatever happens meanwhile.
 * Makes the folders above it. What is not a regular file, such as `/dev/stdout` or a named pipe, is written to as it is.
 *
 * @throws UserError that names the path and the reason; nothing new is left behind then.
 */
export async function writeOutput(text: Text, path: string): Promise<void> {
  try {
    const known = await knownFile(path)
    if (known && !known.isFile()) return await writeInto(path, 'w', text)
    if (!known) await makeFolder(dirname(path))
    // A symbolic link stays one: what it leads to is replaced.
    await replace(known ? await realpath(path) : path, text)
  } catch (error) {
    // What no system said is no fault of the file's.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw unwritable(path, error)
  }
}

/**
 * Fails now where {@link writeOutput} is sure to fail, so that a slip of the pen does not cost the report of an hour's run.
 *
 * @throws UserError as that does
 */
export async function requirePlace(path: string): Promise<void> {
  try {
    if (await knownFile(path)) return
    await requireRoom(dirname(path))
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Of a folder that is not there, whether it may be made. */
async function requireRoom(folder: string): Promise<void> {
  let there = folder
  while (!(await stat(there).catch(absent))) there = dirname(there)
  await access(there, constants.W_OK)
}

async function makeFolder(folder: string): Promise<void> {
  // Where it may not be made, mkdir says only that it is not there.
  await requireRoom(folder)
  await mkdir(folder, { recursive: true })
}

/** What is there already; undefined when nothing is. Rejects for a folder. */
async function knownFile(path: string) {
  // As `--out "$UNSET"` has it.
  if (path === '') throw Object.assign(new Error('the path is empty'), { code: 'EINVAL' })
  const known = await stat(path).catch(absent)
  if (known?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  return known
}

function unwritable(path: string, cause: unknown): UserError {
  return fileError('The report could not be written to', path, cause, hint)
}

/**
 * The report as its file holds it, one line, so that its size is the data's; piece by piece, so that it is never in memory
 * as a whole a second time.
 */
export function* serialised(report: Report): Generator<string> {
  yield* members(report, levels)
  yield '\n'
}

/** How deep the columns of a timeline lie: each is a piece. */
const levels = 3

function* members(object: object, below: number): Generator<string> {
  let before = '{'
  for (const [key, member] of Object.entries(object)) {
    if (below > 0 && typeof member === 'object' && member !== null && !Array.isArray(member)) {
      yield `${before}${JSON.stringify(key)}:`
      yield* members(member, below - 1)
    } else {
      const text = JSON.stringify({ [key]: member }, finite)
      // What is undefined has no place in JSON.
      if (text === '{}') continue
      yield before + text.slice(1, -1)
    }
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

function finite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`"${key}" is ${value} in the report; it must be a finite number`)
  }
  return value
}

async function replace(path: string, text: Text): Promise<void> {
  const folder = dirname(path)
  // The name does not grow with the report's own, which may already be as long as a name can be.
  const temporary = join(folder, `.${basename(path).slice(0, 32)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeInto(temporary, 'wx', text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(folder)
}

async function writeInto(path: string, flags: 'w' | 'wx', text: Text): Promise<void> {
  const file = await open(path, flags)
  try {
    if (typeof text === 'string') await file.writeFile(text)
    else for (const piece of text) await file.writeFile(piece)
    if (flags === 'wx') await file.sync()
  } finally {
    await file.close()
  }
}

/** So that the new name outlives a power cut. Not every file system can; the report is whole even so. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
