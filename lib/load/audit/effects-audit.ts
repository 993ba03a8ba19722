import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { now } from '../../measure/index.ts'
import type { ServicePlan } from '../../services/index.ts'
import type { RequestLedger } from '../http/request-ledger.ts'
import type { EffectsLedger } from '../ledger/result.ts'
import { Effects, type EffectsPlace } from './effects.ts'
import { readStream } from './read-stream.ts'

/** Effects may still be on their way, redelivered after an ack_wait: so long nothing new must come before some are lost. */
const settleMs = 12_000
const pollMs = 500

export interface EffectsParts {
  /** Undefined when no server could be reached. */
  readonly nats: NatsConnection | undefined
  readonly services: readonly ServicePlan[]
  readonly requests: RequestLedger
  /** Monotonic ms. */
  readonly deadline: number
}

/** Compares the effects that services stored with the requests that they accepted, once nothing new comes. */
export async function auditEffects({ nats, services, requests, deadline }: EffectsParts): Promise<EffectsLedger[]> {
  const found: EffectsLedger[] = []
  for (const { name, effects } of services) {
    if (!effects) continue
    const place = { service: name, ...effects }
    found.push(nats ? await auditService(nats, place, requests, deadline) : new Effects(place, requests).result(false))
  }
  return found
}

async function auditService(
  nats: NatsConnection,
  place: EffectsPlace,
  requests: RequestLedger,
  deadline: number,
): Promise<EffectsLedger> {
  const effects = new Effects(place, requests)
  let changedAt = now()
  let reached = 0
  for (;;) {
    const before = effects.seen
    // Each time from where the last one got to.
    const reading = await readStream(nats, place.stream, deadline, ({ data }) => effects.take(data), reached)
    // A stream that is not there has no effects, and that is known.
    const isRead = reading.outcome !== 'unfinished'
    reached = Math.max(reached, reading.reached)
    if (effects.seen > before) changedAt = now()
    const isSettled = effects.missing === 0 || now() - changedAt >= settleMs
    if (isSettled || now() >= deadline) return effects.result(isRead && isSettled)
    await sleep(pollMs)
  }
}
