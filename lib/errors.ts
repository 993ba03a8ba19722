/** Process exit codes. k6's where k6 has one; 90–92 are Squall's own (docs/exit-codes.md). */
export const exitCode = {
  passed: 0,
  /** The run does not measure what it claims: slow generator, unapplied fault, dead proxy, bypassed cut. */
  invalid: 90,
  /** The drain did not finish, so messages cannot be judged. */
  unknown: 91,
  /** `squall compare` found a regression. */
  regression: 92,
  /** A threshold or the ledger failed. */
  failed: 99,
  /** Invalid script, option or environment; nothing was started. */
  badInput: 104,
  interrupted: 105,
  /** `setup` or `teardown` threw. */
  scriptThrew: 107,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Where in the user's source an error points. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export interface UserErrorOptions extends ErrorOptions {
  readonly exitCode?: ExitCode
  readonly location?: SourceLocation | undefined
  /** Source lines around the location, already laid out for a terminal. */
  readonly frame?: string | undefined
  /** What to do about it: one sentence, or one line for each way out. */
  readonly hint?: string | undefined
}

/**
 * An error whose reader is the person at the terminal. The message names the value seen and what is allowed;
 * it is printed without a stack unless `--verbose`.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly exitCode: ExitCode
  readonly location: SourceLocation | undefined
  readonly frame: string | undefined
  readonly hint: string | undefined

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options)
    this.exitCode = options.exitCode ?? exitCode.badInput
    this.location = options.location
    this.frame = options.frame
    this.hint = options.hint
  }
}

/** `file:line:column`, as editors and terminals make clickable. */
export function formatLocation({ file, line, column }: SourceLocation): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':')
}

/** The text a user sees for any error: location, message, frame, hint; the stack only when asked for. */
export function formatError(error: unknown, { verbose = false } = {}): string {
  if (!(error instanceof UserError)) {
    if (!(error instanceof Error)) return String(error)
    return verbose ? (error.stack ?? error.message) : error.message
  }
  const where = error.location ? `${formatLocation(error.location)}: ` : ''
  const parts = [`${where}${error.message}`, error.frame, error.hint, verbose ? error.stack : undefined]
  return parts.filter((part) => part !== undefined && part !== '').join('\n')
}

/** Why a `fetch` failed: its own message, `fetch failed`, says nothing; its cause's does. */
export function fetchReasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error)
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
