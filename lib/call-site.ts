import { fileURLToPath } from 'node:url'
import type { SourceLocation } from './errors.ts'

const key = Symbol.for('squall.call-site')

/** Remembers where in the script a builder was called, for messages about what it made. Not enumerable: data stays plain. */
export function withCallSite<T extends object>(made: T): T {
  Object.defineProperty(made, key, { value: new Error('call site') })
  return made
}

/** Where the script called the builder; undefined for objects that no builder made. */
export function callSiteOf(made: unknown, file: string): SourceLocation | undefined {
  const error = typeof made === 'object' && made !== null ? (made as Record<symbol, unknown>)[key] : undefined
  return error instanceof Error ? placeIn(error.stack, file) : undefined
}

/** The first place of a source-mapped stack that lies in `file`. */
export function placeIn(stack: string | undefined, file: string): SourceLocation | undefined {
  for (const line of stack?.split('\n') ?? []) {
    const match = /\(?((?:file:\/\/)?\/[^():]+|file:\/\/\/[A-Za-z]:[^():]+):(\d+):(\d+)\)?$/.exec(line)
    if (!match) continue
    const path = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!
    if (path === file) return { file, line: Number(match[2]), column: Number(match[3]) }
  }
  return undefined
}
