import { mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.ts'
import { bundleScript } from './bundle.ts'
import { importScript } from './import.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { validate } from './validate.ts'

export interface LoadPlanOptions extends PlanOptions {
  /** Where the bundle goes. */
  readonly outDir: string
  /** Longest that the script's top-level awaits may take, in milliseconds; 30 s when left out. */
  readonly importDeadlineMs?: number
}

/** A script's path → its Plan and the bundle to run it from. Throws a UserError for whatever is wrong with it. */
export async function loadPlan(
  path: string,
  { outDir, importDeadlineMs = 30_000, ...options }: LoadPlanOptions,
): Promise<{ plan: Plan; bundleUrl: string; serviceBundles: ReadonlyMap<string, string> }> {
  const shown = relative(process.cwd(), resolve(path)) || path
  await checkScript(path, shown)
  // Symbolic links resolved, as in the stacks of what the script throws.
  const file = await realpath(path)
  const bundle = await bundleScript(file, outDir)
  const exports = await importScript(bundle, { file, env: options.env, deadlineMs: importDeadlineMs })
  const plan = validate({ exports, file, shown, bundle, options })
  return { plan, bundleUrl: bundle.url, serviceBundles: await bundleServices(plan, outDir) }
}

/** The services' own programs: name → path of the bundle. */
async function bundleServices({ services }: Plan, outDir: string): Promise<ReadonlyMap<string, string>> {
  const bundles = new Map<string, string>()
  for (const { name, entry } of services) {
    if (entry === undefined) continue
    const folder = join(outDir, 'services', name)
    await mkdir(folder, { recursive: true })
    bundles.set(name, fileURLToPath((await bundleScript(await realpath(entry), folder)).url))
  }
  return bundles
}

async function checkScript(path: string, shown: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new UserError(`there is no script ${shown}`, { hint: 'squall new NAME makes one' })
  if (!found.isFile()) throw new UserError(`${shown} is not a file; it must be a script, in TypeScript or JavaScript`)
  const source = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${shown} could not be read: ${error.message}`)
  })
  if (source.trim() === '') {
    throw new UserError(`${shown} is empty; a script exports phases and load`, {
      hint: 'squall new NAME makes one that runs',
    })
  }
}
