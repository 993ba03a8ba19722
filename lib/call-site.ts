import { pathToFileURL } from 'node:url'
import { type SourceLocation, UserError } from './errors.ts'
import { show } from './show.ts'

const key = Symbol.for('squall.call-site')

/** Remembers where in the script a builder was called, for messages about what it made. Not enumerable: data stays plain. */
function withCallSite<T extends object>(made: T): T {
  Object.defineProperty(made, key, { value: new Error('call site') })
  return made
}

/**
 * What a builder returns: the options it was given and its own fields, which win, and where it was called. Throws a
 * {@link UserError} for options that are none, such as a forgotten pair of braces.
 */
export function build<const F extends object, O extends object>(builder: string, fields: F, options: O): O & F {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new UserError(`${builder}() takes its options as an object, and got ${show(options)}`)
  }
  return withCallSite({ ...options, ...fields })
}

/** Text of the script and of the files it imports, by absolute path. */
export type Sources = ReadonlyMap<string, string>

/** Where a builder was called from; undefined for what no builder made. */
export function callSiteOf(made: unknown, sources: Sources): SourceLocation | undefined {
  const error = typeof made === 'object' && made !== null ? (made as Record<symbol, unknown>)[key] : undefined
  return error instanceof Error ? placeIn(error.stack, sources) : undefined
}

/** The innermost place of a source-mapped stack that lies in the script or in a file that it imports. */
export function placeIn(stack: string | undefined, sources: Sources): SourceLocation | undefined {
  for (const frame of stack?.split('\n') ?? []) {
    const place = /^\s+at .*:(\d+):(\d+)\)?$/.exec(frame)
    if (!place) continue
    const file = [...sources.keys()].find((path) => names(frame, path) || names(frame, pathToFileURL(path).href))
    if (file !== undefined) return { file, line: Number(place[1]), column: Number(place[2]) }
  }
  return undefined
}

function names(frame: string, path: string): boolean {
  const start = frame.indexOf(`${path}:`)
  return start > 0 && ' ('.includes(frame[start - 1]!)
}
