import type { StoredMessage } from '../../lib/load/audit/stored-message.ts'
import type { StreamPlan } from '../../lib/load/index.ts'
import { randomFrom } from '../../lib/measure/random.ts'
import { orders } from './orders.ts'

/** A message that was published, and everything that was said of it. */
export interface Attempt {
  readonly outcome: 'acked' | 'failed' | 'indeterminate'
  readonly ack?: { readonly seq: number; readonly duplicate: boolean }
  readonly late?: boolean
  /** A further ack, of another try under the same id or of a new leader: told after all others. */
  readonly again?: number
  readonly section: number
}

/** What happened in a run, and where its reading of the stream ended. */
export interface History {
  readonly plan: StreamPlan
  readonly attempts: readonly Attempt[]
  readonly stored: readonly StoredMessage[]
  /** Last stream sequence before the load. */
  readonly after: number
  readonly last: number
  /** Where the reading was cut off, if it was. */
  readonly cutAt: number | undefined
}

export const duplicateWindowMs = 1_000

/** A run in which everything that can go wrong does, each now and then. */
export function randomHistory(seed: number, size: number): History {
  const random = randomFrom(seed)
  const chance = (share: number) => random() < share
  const below = (limit: number) => Math.floor(random() * limit)
  // Some histories are nearly clean, some are a wreck.
  const trouble = random() ** 3 * 0.5
  const attempts: Attempt[] = []
  const stored: StoredMessage[] = []
  const after = chance(0.5) ? below(50) : 0
  let next = 1
  let clock = 1_000
  let section = 0
  const store = (stamp: StoredMessage['stamp'], messageId?: string) => {
    clock += random() * 20
    stored.push({ streamSequence: next, storedAt: clock, stamp, messageId })
    next += 1
    return next - 1
  }
  for (let count = 0; count < after; count += 1) store(undefined)
  for (let sequence = 0; sequence < size; sequence += 1) {
    if (chance(5 / size)) section += 1
    const stamp = { publisher: 0, sequence }
    const messageId = chance(0.3) ? `m${chance(trouble / 4) ? below(sequence + 1) : sequence}` : undefined
    if (!chance(trouble)) {
      attempts.push({ outcome: 'acked', ack: { seq: store(stamp, messageId), duplicate: false }, section })
      continue
    }
    const acked = (seq: number, duplicate = false) =>
      attempts.push({ outcome: 'acked', ack: { seq, duplicate }, section })
    const given = (isStored: boolean, late: boolean) => {
      const seq = isStored ? store(stamp, messageId) : next
      attempts.push({ outcome: 'indeterminate', section, ...(late && { late, ack: { seq, duplicate: false } }) })
    }
    const wrongs = [
      () => acked(next),
      () => acked(store(stamp, messageId) + 1 + below(3)),
      () => acked(Math.max(1, store(stamp, messageId) + below(400_000) - 200_000)),
      () => acked(Math.max(1, next - 1)),
      () => acked(Math.max(1, next - 1 - below(5)), true),
      () => given(chance(0.5), chance(0.5)),
      () => attempts.push({ outcome: 'failed', section }),
      () => {
        store(stamp, messageId)
        attempts.push({ outcome: 'failed', section })
      },
      () => {
        acked(store(stamp, messageId))
        if (chance(0.5)) clock += duplicateWindowMs
        store(stamp, chance(0.5) ? messageId : undefined)
      },
      () => {
        store(stamp, messageId)
        acked(store(stamp))
      },
      () => {
        store(chance(0.5) ? undefined : { publisher: chance(0.5) ? 7 : 0, sequence: size + below(10) })
        acked(store(stamp, messageId))
      },
      () => {
        // A retry after the first try's ack was lost: found, or stored a second time with the id known or forgotten.
        const seq = store(stamp, `own${sequence}`)
        if (chance(0.4)) clock += duplicateWindowMs
        const again = chance(0.5) ? seq : store(stamp, `own${sequence}`)
        attempts.push({ outcome: 'acked', ack: { seq: chance(0.5) ? seq : again, duplicate: false }, section, again })
      },
      () =>
        attempts.push({
          outcome: 'acked',
          ack: { seq: next, duplicate: false },
          section,
          again: Math.max(1, next - 1),
        }),
      () => {
        const swapped = stored.at(-1)
        acked(store(swapped?.stamp, swapped?.messageId))
        if (swapped) stored[stored.length - 2] = { ...swapped, stamp, messageId }
      },
    ]
    wrongs[below(wrongs.length)]!()
  }
  const last = next - 1
  const evicts = chance(0.3)
  const removed = evicts ? below(last / 2) : chance(0.1) ? below(last) : 0
  const kept = stored.filter(({ streamSequence }) => streamSequence > removed && !chance(trouble / 10))
  const cutAt = chance(0.2) ? below(last) : undefined
  const plan: StreamPlan = {
    ...orders,
    duplicateWindowMs,
    ...(evicts && { maxMessages: Math.max(1, kept.length) }),
  }
  return { plan, attempts, stored: kept, after, last, cutAt }
}
