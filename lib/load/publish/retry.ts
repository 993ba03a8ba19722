import type { MsgHdrs } from 'nats'
import { durationForms, toMilliseconds } from '../../measure/index.ts'
import type { RetryOptions } from '../iteration.ts'
import type { AckOutcome } from './acks.ts'

/** A publish that is made again until it is acked: what it takes to do so, and how far it is. */
export interface Retry {
  /** Tries still to be made. */
  left: number
  readonly delayMs: number
  readonly ackTimeoutMs: number
  readonly subject: string
  /** The subject under which its latest try is stored. */
  landed: string
  readonly headers: MsgHdrs | undefined
  /** Let go of when it is over: a late ack may keep the rest for long. */
  body: Uint8Array | undefined
  /** The message id is this message's alone, so that an ack that says "duplicate" means this one's own earlier try. */
  readonly hasOwnId: boolean
  /** Some try ended without it being known whether it is stored. */
  mayBeStored: boolean
  timer: NodeJS.Timeout | undefined
}

const defaultTimes = 5
const mostTimes = 1_000
const defaultDelay = '500ms'

/** Checks what a script says of retries; throws a TypeError that names the value. */
export function readRetry({ times = defaultTimes, delay = defaultDelay }: RetryOptions): {
  readonly times: number
  readonly delayMs: number
} {
  if (!Number.isInteger(times) || times < 1 || times > mostTimes)
    throw new TypeError(`retry.times is ${JSON.stringify(times)}; it must be a whole number from 1 to 1,000`)
  const delayMs = toMilliseconds(delay)
  if (delayMs === undefined) throw new TypeError(`retry.delay is ${JSON.stringify(delay)}; it must be ${durationForms}`)
  return { times, delayMs }
}

/**
 * What has become of a message whose try ended so: undefined while another one is to follow. One try that may have been
 * stored makes the whole indeterminate, however the others ended.
 */
export function afterTry(retry: Retry, ended: AckOutcome): AckOutcome | undefined {
  if (ended.outcome === 'indeterminate') retry.mayBeStored = true
  if (ended.outcome !== 'acked' && retry.left > 0) return undefined
  clearTimeout(retry.timer)
  retry.left = 0
  retry.body = undefined
  return ended.outcome === 'failed' && retry.mayBeStored ? { outcome: 'indeterminate', reason: ended.reason } : ended
}
