import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { type Binary, hostPlatform } from './binary.ts'
import { sha256File } from './sha256.ts'
import { compareVersions } from './version.ts'

/** Written beside a cached program; what it must still be. */
export interface Manifest {
  readonly name: string
  readonly version: string
  /** Of the program, in lower-case hex. */
  readonly sha256: string
  /** How it was got: the step's name. */
  readonly obtainedBy: string
}

/** What the cache holds of one binary. A damaged entry is never used: `reason` says what is wrong with it. */
export type CacheEntry =
  | { readonly state: 'absent' }
  | { readonly state: 'whole'; readonly path: string; readonly manifest: Manifest }
  | { readonly state: 'damaged'; readonly folder: string; readonly reason: string }

/** `$SQUALL_CACHE_DIR`, else `squall` in `$XDG_CACHE_HOME` or `~/.cache`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.SQUALL_CACHE_DIR) return resolve(env.SQUALL_CACHE_DIR)
  // The XDG base directory specification: a relative value is invalid and is to be ignored.
  const xdg = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined
  return join(xdg ?? join(homedir(), '.cache'), 'squall')
}

/** The cached program of this platform, its hash checked: the pinned version, else the newest there is. */
export async function readCache(binary: Binary, root = cacheFolder()): Promise<CacheEntry> {
  const home = join(root, binary.name)
  const suffix = `-${hostPlatform}`
  const versions = (await readdirOrNone(home))
    .filter((entry) => entry.endsWith(suffix))
    .map((entry) => entry.slice(0, -suffix.length))
  const version = versions.includes(binary.version) ? binary.version : versions.sort(compareVersions).at(-1)
  return version === undefined ? { state: 'absent' } : checkEntry(binary, join(home, version + suffix))
}

/**
 * Publishes an executable program as a cache entry, replacing one of the same version. `folder` must be on the cache's file system:
 * the entry is built there and appears under its final name by one rename, whole or not at all.
 */
export async function writeCache(
  binary: Binary,
  program: string,
  manifest: Manifest,
  folder: string,
  root = cacheFolder(),
): Promise<string> {
  const built = join(folder, 'entry')
  await mkdir(built)
  await rename(program, join(built, binary.name))
  await writeFile(join(built, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)

  const final = join(root, binary.name, `${manifest.version}-${hostPlatform}`)
  await mkdir(dirname(final), { recursive: true })
  await rm(final, { recursive: true, force: true })
  await rename(built, final)
  return join(final, binary.name)
}

async function checkEntry(binary: Binary, folder: string): Promise<CacheEntry> {
  const damaged = (reason: string): CacheEntry => ({ state: 'damaged', folder, reason })
  const manifest = await readManifest(join(folder, 'manifest.json'))
  if (!manifest) return damaged('its manifest is missing or unreadable')
  const path = join(folder, binary.name)
  const file = await stat(path).catch(() => undefined)
  if (!file?.isFile()) return damaged('its program is missing')
  const sha256 = await sha256File(path)
  if (sha256 !== manifest.sha256) return damaged(`its sha256 is ${sha256}, ${manifest.sha256} was recorded`)
  if ((file.mode & 0o111) === 0) return damaged('its program is not executable')
  return { state: 'whole', path, manifest }
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    const { name, version, sha256, obtainedBy } = JSON.parse(await readFile(path, 'utf8'))
    const strings = [name, version, sha256, obtainedBy].every((value) => typeof value === 'string')
    return strings ? { name, version, sha256, obtainedBy } : undefined
  } catch {
    return undefined
  }
}

async function readdirOrNone(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
