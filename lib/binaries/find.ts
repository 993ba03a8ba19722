import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { type Binary, type BinaryName, binaries, waysOut } from './binary.ts'
import { cacheFolder, readCache } from './cache.ts'
import { runChild } from './child.ts'
import { sha256File } from './sha256.ts'

/** A program that can be run, and what the report says of it. */
export interface FoundBinary {
  readonly name: BinaryName
  /** Absolute. */
  readonly path: string
  readonly version: string
  /** In lower-case hex. */
  readonly sha256: string
  readonly source: 'option' | 'environment' | 'PATH' | 'cache'
}

export interface FindOptions {
  /** What the user gave for the binary's command line option: a path. */
  readonly option?: string | undefined
}

export type LookUp =
  | { readonly state: 'found'; readonly binary: FoundBinary }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly folder: string; readonly reason: string }

/**
 * Looks in the option, the environment, PATH and the cache, in this order, and takes the first.
 * @throws UserError when the option or the variable is set and does not lead to the program: what a user names
 * explicitly is used or refused, never passed over.
 */
export async function lookUp(name: BinaryName, { option }: FindOptions = {}): Promise<LookUp> {
  const binary = binaries[name]
  if (option !== undefined) return found(await named(binary, option, binary.option, 'option'))
  const variable = process.env[binary.variable]
  if (variable) return found(await named(binary, variable, binary.variable, 'environment'))
  const onPath = await searchPath(binary)
  if (onPath) return found(onPath)

  const entry = await readCache(binary)
  if (entry.state !== 'whole') return entry
  const { path, manifest } = entry
  return found({ name, path, version: manifest.version, sha256: manifest.sha256, source: 'cache' })
}

/**
 * The binary to run, or undefined when there is none.
 * @throws UserError as {@link lookUp}, and when all there is is a damaged cache entry.
 */
export async function findBinary(name: BinaryName, options: FindOptions = {}): Promise<FoundBinary | undefined> {
  const result = await lookUp(name, options)
  if (result.state === 'damaged') {
    throw new UserError(`The cached ${name} in ${result.folder} is damaged: ${result.reason}.`, {
      hint: `\`squall setup --only ${name}\` replaces it.`,
    })
  }
  return result.state === 'found' ? result.binary : undefined
}

/** As {@link findBinary}; a UserError with the ways out when there is none. */
export async function requireBinary(name: BinaryName, options: FindOptions = {}): Promise<FoundBinary> {
  const result = await findBinary(name, options)
  if (result) return result
  const binary = binaries[name]
  const places = `${binary.option} and ${binary.variable} are not set, and it is neither on PATH nor in ${cacheFolder()}`
  throw new UserError(`No ${name} was found: ${places}. Do one of these:`, { hint: waysOut(binary) })
}

/** What a program answers to being asked its version; undefined when it is not the one looked for. */
export async function askVersion(binary: Binary, path: string): Promise<string | undefined> {
  const output = await runChild(path, binary.versionArgs, { timeout: 10_000 }).catch(() => '')
  return binary.parseVersion(output)
}

function found(binary: FoundBinary): LookUp {
  return { state: 'found', binary }
}

async function named(
  binary: Binary,
  given: string,
  giver: string,
  source: 'option' | 'environment',
): Promise<FoundBinary> {
  const path = resolve(given)
  const refuse = (what: string) => {
    const hint = `Point ${giver} to a ${binary.name} program, or leave it out to have one found on PATH or in the cache.`
    return new UserError(`${giver} is ${given || 'empty'}, ${what}.`, { hint })
  }
  if (given === '') throw refuse(`where the path of a ${binary.name} is expected`)
  const file = await stat(path).catch(() => undefined)
  if (!file) throw refuse('which does not exist')
  if (!file.isFile()) throw refuse('which is not a file')
  if (!(await isExecutable(path))) throw refuse('which is not executable')
  const version = await askVersion(binary, path)
  if (!version) throw refuse(`which does not answer \`${binary.versionArgs.join(' ')}\` as ${binary.name} does`)
  return { name: binary.name, path, version, sha256: await sha256File(path), source }
}

async function searchPath(binary: Binary): Promise<FoundBinary | undefined> {
  // An empty element means the current folder to a shell; running whatever lies there is not wanted.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  // Where Debian installs daemons, which is on root's PATH alone.
  const folders = binary.debian?.install ? [...path, '/usr/sbin'] : path
  for (const folder of folders) {
    for (const program of binary.programs) {
      const path = resolve(join(folder, program))
      if (!(await isExecutable(path))) continue
      // One that answers as something else, or can't run here, was not chosen by the user: look further.
      const version = await askVersion(binary, path)
      if (version) return { name: binary.name, path, version, sha256: await sha256File(path), source: 'PATH' }
    }
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
