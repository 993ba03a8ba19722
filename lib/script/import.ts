import { relative } from 'node:path'
import { placeIn } from '../call-site.ts'
import { UserError } from '../errors.ts'
import { resetCustomMetrics } from '../measure/index.ts'

export type ScriptExports = Readonly<Record<string, unknown>>

const importDeadlineMs = 30_000

/** Runs the bundled script's module level. Throws a {@link UserError} that points into the script itself. */
export async function importScript(
  url: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<ScriptExports> {
  process.setSourceMapsEnabled(true)
  Object.assign(process.env, env)
  resetCustomMetrics()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it has not finished after ${importDeadlineMs / 1_000} s`)),
      importDeadlineMs,
    )
  })
  try {
    return await Promise.race([import(url) as Promise<ScriptExports>, late])
  } catch (error) {
    const place = error instanceof Error ? placeIn(error.stack, script) : undefined
    throw new UserError(`the script could not be imported: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
      location: { file: relative(process.cwd(), script), ...(place && { line: place.line, column: place.column }) },
    })
  } finally {
    clearTimeout(timer)
  }
}
