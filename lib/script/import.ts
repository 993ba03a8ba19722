import { relative } from 'node:path'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { placeIn } from '../call-site.ts'
import { UserError } from '../errors.ts'
import { formatDuration, resetCustomMetrics } from '../measure/index.ts'
import { show } from '../show.ts'
import type { Bundle } from './bundle.ts'
import { frameIn } from './frame.ts'
import { unknownExport } from './unknown-export.ts'

export type ScriptExports = Readonly<Record<string, unknown>>

export interface ImportOptions {
  /** Absolute path of the script. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** Longest that top-level awaits may take, in milliseconds. */
  readonly deadlineMs: number
}

/**
 * Runs the bundled script's module level. Throws a {@link UserError} that points into the script, or into the file it
 * imports that threw.
 */
export async function importScript(bundle: Bundle, { file, env, deadlineMs }: ImportOptions): Promise<ScriptExports> {
  process.setSourceMapsEnabled(true)
  Object.assign(process.env, env)
  resetCustomMetrics()
  const over = new AbortController()
  const forgotten = new Promise<never>((_, reject) => {
    for (const event of ['unhandledRejection', 'uncaughtException']) {
      process.on(event, reject)
      over.signal.addEventListener('abort', () => process.off(event, reject))
    }
  })
  const allowExit = refuseExit(bundle)
  try {
    return await Promise.race([imported(bundle.url), late(file, deadlineMs, over.signal), forgotten])
  } catch (error) {
    throw (await unknownExport(error, bundle.sources, file)) ?? thrown(error, file, bundle)
  } finally {
    over.abort()
    allowExit()
  }
}

/** The end of the script's process would be the end of Squall's, as if all had gone well. Returns what undoes it. */
function refuseExit({ sources }: Bundle): () => void {
  const { exit } = process
  process.exit = (code) => {
    const error = new UserError(
      `the script called process.exit(${code ?? ''}) while it was imported; it may not end Squall`,
    )
    if (!placeIn(error.stack, sources)) exit(code)
    throw error
  }
  return () => {
    process.exit = exit
  }
}

async function imported(url: string): Promise<ScriptExports> {
  const exports = (await import(url)) as ScriptExports
  // Promises that the script forgot are known to have failed after its own code is done.
  await setImmediate()
  return exports
}

async function late(file: string, deadlineMs: number, signal: AbortSignal): Promise<never> {
  await delay(deadlineMs, undefined, { signal })
  throw new UserError(
    `the script is not ready after ${formatDuration(deadlineMs)}: an await at its top level takes longer than that, or for ever`,
    { location: { file: shown(file) }, hint: 'work that takes time goes into setup(), which is awaited' },
  )
}

function thrown(error: unknown, file: string, { sources }: Bundle): UserError {
  const place = error instanceof Error ? placeIn(error.stack, sources) : undefined
  const location = place ? { ...place, file: shown(place.file) } : { file: shown(file) }
  // A builder's or a metric's, which says all there is to say.
  const isOurs = error instanceof UserError
  const said = error instanceof Error ? `${error.name}: ${error.message}` : show(error)
  const message = isOurs ? error.message : `importing the script threw ${said}`
  return new UserError(message, {
    cause: error,
    location: isOurs && error.location ? error.location : location,
    frame: place && frameIn(sources.get(place.file)!, place),
    hint: isOurs ? error.hint : undefined,
  })
}

function shown(file: string): string {
  return relative(process.cwd(), file)
}
