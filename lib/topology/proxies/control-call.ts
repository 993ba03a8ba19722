import { messageOf } from '../../errors.ts'

/** What a Toxiproxy's control API did not do. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  /** HTTP status of its answer, if there was one. */
  readonly status: number | undefined

  constructor(message: string, status: number | undefined, cause: unknown) {
    super(message, { cause })
    this.status = status
  }
}

const deadlineMs = 3_000

/**
 * Makes one call of toxiproxy-node-client, which has no deadline of its own, and of a failure tells only "fetch failed" or
 * a status. `what` says what was to be done, for the message.
 *
 * A call that is given up can't be aborted: its request ends when the Toxiproxy answers or dies.
 * @throws ControlError
 */
export async function controlCall<T>(what: string, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1_000} s`)), deadlineMs)
  })
  try {
    return await Promise.race([call, late])
  } catch (error) {
    const message = messageOf(error)
    const status = /status code (\d+)/.exec(message)?.[1]
    const reason = status ? `Toxiproxy answered with status ${status}` : `Toxiproxy: ${message}`
    throw new ControlError(`${what}: ${reason}`, status ? Number(status) : undefined, error)
  } finally {
    clearTimeout(timer)
  }
}
