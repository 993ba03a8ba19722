import { callSiteOf } from '../call-site.ts'
import type { SourceLocation } from '../errors.ts'

export type PathKey = string | number

/**
 * Where in the script a value is written, as near as can be told without a wrong line: a key that occurs once in the
 * file; else the builder call around it; else its phase's name; else its export. Failing all, the file alone.
 */
export function locate(
  exports: Readonly<Record<string, unknown>>,
  path: readonly PathKey[],
  file: string,
  source: string,
): SourceLocation {
  const key = path.findLast((part) => typeof part === 'string')
  const line =
    (path.length > 1 && key !== undefined
      ? onlyLine(source, new RegExp(`(?<![\\w$.'"])['"]?${literal(String(key))}['"]?\\s*:`, 'g'))
      : undefined) ?? undefined
  if (line !== undefined) return { file, line }
  return (
    nearestCall(exports, path, file) ?? {
      file,
      line: namedLine(exports, path, source) ?? exportLine(source, String(path[0])),
    }
  )
}

/** The call site of the innermost object on the path that a builder made. */
function nearestCall(
  exports: Readonly<Record<string, unknown>>,
  path: readonly PathKey[],
  file: string,
): SourceLocation | undefined {
  let value: unknown = exports
  let found: SourceLocation | undefined
  for (const key of path) {
    if (typeof value !== 'object' || value === null) break
    value = (value as Record<PathKey, unknown>)[key]
    found = callSiteOf(value, file) ?? found
  }
  return found
}

/** The line that says the name of the list entry on the path, when only one does. */
function namedLine(
  exports: Readonly<Record<string, unknown>>,
  path: readonly PathKey[],
  source: string,
): number | undefined {
  const [list, index] = path
  const entry =
    typeof list === 'string' && typeof index === 'number'
      ? (exports[list] as unknown[] | undefined)?.[index]
      : undefined
  const name = (entry as { name?: unknown } | undefined)?.name
  return typeof name === 'string'
    ? onlyLine(source, new RegExp(`name:\\s*['"\`]${literal(name)}['"\`]`, 'g'))
    : undefined
}

function exportLine(source: string, name: string): number | undefined {
  return onlyLine(source, new RegExp(`export\\s+(?:const|let|var|(?:async\\s+)?function)\\s+${literal(name)}\\b`, 'g'))
}

/** The line of the only match; undefined when there are several, for then it may be the wrong one. */
function onlyLine(source: string, pattern: RegExp): number | undefined {
  const matches = [...source.matchAll(pattern)]
  return matches.length === 1 ? source.slice(0, matches[0]!.index).split('\n').length : undefined
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
