import { readFile, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { bundleScript } from './bundle.ts'
import { importScript } from './import.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { validate } from './validate.ts'

export interface LoadPlanOptions extends PlanOptions {
  /** Where the bundle goes. */
  readonly outDir: string
}

/** A script's path → its Plan and the bundle to run it from. Throws a UserError for whatever is wrong with it. */
export async function loadPlan(path: string, options: LoadPlanOptions): Promise<{ plan: Plan; bundleUrl: string }> {
  const file = resolve(path)
  const shown = relative(process.cwd(), file) || path
  const source = await readScript(file, shown)
  const { outDir, ...planOptions } = options
  const { url, sha256 } = await bundleScript(file, outDir)
  const exports = await importScript(url, file, options.env)
  return { plan: validate({ exports, file, source, shown, sha256, options: planOptions }), bundleUrl: url }
}

async function readScript(file: string, shown: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new UserError(`there is no script ${shown}`, { hint: 'squall new NAME makes one' })
  if (!found.isFile()) throw new UserError(`${shown} is not a file; squall run takes a TypeScript or JavaScript file`)
  const source = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${shown} could not be read: ${error.message}`)
  })
  if (source.trim() === '')
    throw new UserError(`${shown} is empty; a script exports phases and load`, {
      hint: 'squall new NAME makes one that runs',
    })
  return source
}
