import { messageOf, UserError } from '../errors.ts'

/** A process that should be running again is not: a finding about the system, and no fault of the measurement. */
class NotBack extends Error {
  override readonly name = 'NotBack'

  constructor(cause: unknown) {
    const said = cause instanceof UserError ? cause.frame?.trimEnd().split('\n').at(-1) : undefined
    super(`${messageOf(cause)}${said ? ` ${said}` : ''}`, { cause })
  }
}

/** What rejects is one that did not come back, {@link isNotBack}. */
export async function comesBack(start: () => Promise<unknown>): Promise<void> {
  try {
    await start()
  } catch (error) {
    throw new NotBack(error)
  }
}

/** Is it that, and nothing else, that went wrong: looks into the errors that an injector makes of several. */
export function isNotBack(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isNotBack)
  return error instanceof NotBack || (error instanceof Error && isNotBack(error.cause))
}
