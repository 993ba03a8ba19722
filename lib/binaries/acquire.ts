import { access, chmod, constants, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, UserError } from '../errors.ts'
import { type Binary, type BinaryName, binaries, waysOut } from './binary.ts'
import { cacheFolder, type Manifest, readCache, writeCache } from './cache.ts'
import { askVersion, type FoundBinary } from './find.ts'
import { isRunning, withLock } from './lock.ts'
import { sha256File } from './sha256.ts'
import { archiveStep } from './steps/archive.ts'
import { debianStep } from './steps/debian.ts'
import { goInstallStep } from './steps/go-install.ts'
import type { Step } from './steps/step.ts'

/** The ways to get a binary, best first. */
export const acquireSteps: readonly Step[] = [archiveStep, goInstallStep, debianStep]

export interface AcquireOptions {
  /** One line for each thing tried, and how it went. */
  readonly log: (line: string) => void
  /** Replaces a whole cache entry too. */
  readonly force?: boolean
  /** Fetches nothing. */
  readonly offline?: boolean
  readonly steps?: readonly Step[]
  readonly signal?: AbortSignal
}

/**
 * Gets a binary into the cache by the first step that succeeds; a whole entry that is already there is used as it is.
 * Processes that acquire the same binary at once wait for the first and use its result.
 * @throws UserError with every step's reason and the ways out when none succeeds; the signal's reason when aborted.
 */
export async function acquireBinary(name: BinaryName, options: AcquireOptions): Promise<FoundBinary> {
  const binary = binaries[name]
  await makeCacheFolder()
  const lock = join(cacheFolder(), `${name}.lock`)
  const onWait = (pid: number) => options.log(`waiting for another set-up (pid ${pid})`)
  return withLock(lock, () => acquireLocked(binary, options), { signal: options.signal, onWait })
}

async function acquireLocked(binary: Binary, options: AcquireOptions): Promise<FoundBinary> {
  await removeLeftovers(binary)
  const entry = await readCache(binary)
  if (entry.state === 'whole' && !options.force) return inCache(binary, entry.path, entry.manifest)
  if (entry.state === 'damaged') {
    options.log(`the cached one in ${entry.folder} is damaged: ${entry.reason}; replacing it`)
    await rm(entry.folder, { recursive: true, force: true })
  }

  const reasons: string[] = []
  for (const step of options.steps ?? acquireSteps) {
    options.log(`trying ${step.name}`)
    try {
      const started = performance.now()
      const acquired = await runStep(binary, step, options)
      options.log(`${step.name}: got ${acquired.version} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
      return acquired
    } catch (error) {
      options.signal?.throwIfAborted()
      const reason = messageOf(error)
      options.log(`${step.name}: no, ${reason}`)
      reasons.push(`  ${step.name}: ${reason}`)
    }
  }
  throw new UserError(`${binary.name} ${binary.version} could not be got:\n${reasons.join('\n')}\nDo one of these:`, {
    hint: waysOut(binary),
  })
}

async function runStep(binary: Binary, step: Step, options: AcquireOptions): Promise<FoundBinary> {
  const folder = await mkdtemp(join(cacheFolder(), `${binary.name}.tmp.${process.pid}.`))
  try {
    const target = join(folder, 'program')
    const scratch = join(folder, 'scratch')
    await mkdir(scratch)
    const { offline = false, signal, log } = options
    await step.run({ binary, target, folder: scratch, offline, signal, log })

    await chmod(target, 0o755)
    const version = await askVersion(binary, target)
    if (!version) throw new Error('what it gave is not a program that runs here')
    const manifest = { name: binary.name, version, sha256: await sha256File(target), obtainedBy: step.name }
    const path = await writeCache(binary, target, manifest, folder)
    return inCache(binary, path, manifest)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeCacheFolder(): Promise<void> {
  try {
    await mkdir(cacheFolder(), { recursive: true })
    await access(cacheFolder(), constants.W_OK)
  } catch (error) {
    throw new UserError(`Squall's cache ${cacheFolder()} can't be written: ${(error as Error).message}.`, {
      hint: 'Set SQUALL_CACHE_DIR to a folder that you can write.',
      cause: error,
    })
  }
}

function inCache({ name }: Binary, path: string, { version, sha256 }: Manifest): FoundBinary {
  return { name, path, version, sha256, source: 'cache' }
}

/** What set-ups that were killed left behind. A live process's is left alone, whatever the lock says. */
async function removeLeftovers({ name }: Binary): Promise<void> {
  const owned = new RegExp(`^${name}\\.(?:tmp|lock)\\.(\\d+)\\.`)
  for (const entry of await readdir(cacheFolder())) {
    const pid = owned.exec(entry)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(cacheFolder(), entry), { recursive: true, force: true })
    }
  }
}
