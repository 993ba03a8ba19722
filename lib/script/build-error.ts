import { relative, resolve } from 'node:path'
import type { BuildFailure, Location, Message } from 'esbuild'
import { formatError, UserError } from '../errors.ts'
import { codeFrame } from './frame.ts'

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

/** What esbuild could not read or find, as a user should see it. Its paths are relative to `cwd`. */
export function buildError(failure: BuildFailure, cwd: string): Error {
  const [first, ...others] = failure.errors.map((message) => explained(message, cwd))
  if (!first) return failure
  const frames = [first.frame, ...others.map((error) => formatError(error))]
  return new UserError(first.message, { cause: failure, location: first.location, frame: frames.join('\n') })
}

function explained(message: Message, cwd: string): UserError {
  const { location } = message
  if (!location) return new UserError(messageFor(message))
  const column = columnOf(location)
  return new UserError(messageFor(message), {
    location: { file: relative(process.cwd(), resolve(cwd, location.file)), line: location.line, column },
    frame: codeFrame(location.line, location.lineText, column, location.length),
  })
}

function messageFor({ text }: Message): string {
  const [, missing] = /^Could not resolve "([^"]+)"/.exec(text) ?? []
  if (missing === undefined) return text
  if (/^[./]/.test(missing)) return `there is no file ${missing}`
  const name = missing.split('/', missing.startsWith('@') ? 2 : 1).join('/')
  if (name === 'squall') return `squall has no ${missing}: scripts import from 'squall'`
  return `there is no package ${missing}: install it in the project of the script, as with npm install ${name}`
}

/** esbuild counts bytes from 0. */
function columnOf({ column, lineText }: Location): number {
  return Buffer.from(lineText).subarray(0, column).toString().length + 1
}
