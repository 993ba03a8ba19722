import type { StreamPlan } from '../assets/assets.ts'
import type { StreamState } from '../ledger/result.ts'

export interface SizedState extends StreamState {
  /** Of all messages, as the server counts them. */
  readonly bytes: number
}

/**
 * The limit of a stream that may have removed a message from its front, if one may: the message's ack named a sequence
 * before the first that is left, and the stream is full, or the message older than it keeps any. `age` in milliseconds,
 * the most it can be.
 */
export function evictingLimit(
  plan: StreamPlan,
  state: SizedState,
  streamSequence: number,
  age: number,
): 'max_msgs' | 'max_bytes' | 'max_age' | undefined {
  if (streamSequence >= state.firstSequence) return undefined
  if (plan.maxAgeMs !== undefined && age >= plan.maxAgeMs) return 'max_age'
  // Discard 'new' refuses what is too much, and removes nothing.
  if (plan.discard === 'new') return undefined
  // Messages deleted from within the stream are why a full one is no longer full.
  const messages = state.messages + state.deleted
  if (plan.maxMessages !== undefined && messages >= plan.maxMessages) return 'max_msgs'
  // Full to within two messages of average size: the last one removed made room for the last one stored.
  const average = state.messages > 0 ? state.bytes / state.messages : 0
  if (plan.maxBytes !== undefined && average > 0 && (messages + 2) * average > plan.maxBytes) return 'max_bytes'
  return undefined
}
