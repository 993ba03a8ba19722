import { fileURLToPath } from 'node:url'
import { messageOf } from './errors.ts'

const ownFolder = new URL('.', import.meta.url).href

/**
 * The innermost frame of a source-mapped stack that is the script's, `at load (script.ts:12:3)`, and not Node's, a package's or
 * Squall's; the innermost one of all when none is. Undefined when there is no stack.
 */
export function scriptFrame(stack: string | undefined): string | undefined {
  const frames = stack
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
  return frames?.find((frame) => !isForeign(frame)) ?? frames?.[0]
}

function isForeign(frame: string): boolean {
  const parts = ['node:', '/node_modules/', '\\node_modules\\', ownFolder, fileURLToPath(ownFolder)]
  return !/:\d+:\d+\)?$/.test(frame) || parts.some((part) => frame.includes(part))
}

/** What was thrown, and where in the script. */
export function messageAndPlace(error: unknown): string {
  const frame = error instanceof Error ? scriptFrame(error.stack) : undefined
  return frame ? `${messageOf(error)} (${frame})` : messageOf(error)
}
