import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { ExecutionContext } from 'ava'
import { formatError, UserError } from '../../lib/errors.ts'
import { type LoadPlanOptions, loadPlan } from '../../lib/script/index.ts'

/** The least that runs; tests put what they are about before it. */
export const steady = `
export const phases = [{ name: 'steady', duration: '5s', rate: 100 }]
export async function load() {}
`

/** A folder of files that is gone after the test: path → text. */
export async function project(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'squall-script-')))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** A script's text, or the files of a project with a `script.ts`. */
export type Script = string | Readonly<Record<string, string>>

export async function plan(t: ExecutionContext, script: Script, options: Partial<LoadPlanOptions> = {}) {
  return planIn(await project(t, filesOf(script)), options)
}

const defaults = { seed: 1, timeScale: 1, maxLagMs: 10, env: {} }

export async function planIn(folder: string, options: Partial<LoadPlanOptions> = {}) {
  const outDir = await mkdtemp(join(tmpdir(), 'squall-bundle-'))
  try {
    return (await loadPlan(join(folder, 'script.ts'), { ...defaults, outDir, ...options })).plan
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
}

/** What a user reads of a script that is refused, paths relative to its folder. */
export async function refusal(t: ExecutionContext, script: Script, options: Partial<LoadPlanOptions> = {}) {
  const folder = await project(t, filesOf(script))
  const error = await t.throwsAsync(planIn(folder, options), { instanceOf: UserError })
  t.is(error?.exitCode, 104)
  return formatError(error).replaceAll(`${relative(process.cwd(), folder)}/`, '')
}

function filesOf(script: Script): Readonly<Record<string, string>> {
  return typeof script === 'string' ? { 'script.ts': script } : script
}
