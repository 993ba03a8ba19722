import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { now } from '../measure/index.ts'
import type { ServicePlan } from '../services/index.ts'
import { readStream } from './audit-read.ts'
import { Bitmap, countBits, forEachBit } from './bitmap.ts'
import type { EffectsLedger } from './ledger-result.ts'
import type { RequestLedger } from './request-ledger.ts'

/** Effects may still be on their way, redelivered after an ack_wait: so long nothing new must come before some are lost. */
const settleMs = 12_000
const pollMs = 500
const mostExamples = 10

export interface EffectsParts {
  /** Undefined when no server could be reached. */
  readonly nats: NatsConnection | undefined
  readonly services: readonly ServicePlan[]
  readonly requests: RequestLedger
  /** Monotonic ms. */
  readonly deadline: number
}

/** Compares the effects that services stored with the requests that they accepted: each must be there, and once. */
export async function auditEffects({ nats, services, requests, deadline }: EffectsParts): Promise<EffectsLedger[]> {
  const found: EffectsLedger[] = []
  for (const { name, effects } of services) {
    if (effects) found.push(await auditService(nats, { service: name, ...effects }, requests, deadline))
  }
  return found
}

interface Place {
  readonly service: string
  readonly stream: string
  readonly field: string
}

async function auditService(
  nats: NatsConnection | undefined,
  place: Place,
  requests: RequestLedger,
  deadline: number,
): Promise<EffectsLedger> {
  let changedAt = now()
  let before = -1
  for (;;) {
    const effects = await readEffects(nats, place, requests, deadline)
    const { missing, seen } = effects
    if (seen !== before) changedAt = now()
    before = seen
    const isSettled = missing === 0 || now() - changedAt >= settleMs
    if (isSettled || now() >= deadline) return { ...effects, settled: effects.settled && isSettled }
    await sleep(pollMs)
  }
}

async function readEffects(
  nats: NatsConnection | undefined,
  { service, stream, field }: Place,
  requests: RequestLedger,
  deadline: number,
): Promise<EffectsLedger> {
  const { accepted, notDone } = requests.of(service)
  const present = new Bitmap()
  const twice = new Bitmap()
  let seen = 0
  const reading =
    nats &&
    (await readStream(nats, stream, deadline, (message) => {
      const number = requests.numberOf(fieldOf(message.data, field))
      if (number === undefined) return
      seen += 1
      if (!present.add(number)) twice.add(number)
    }))
  const missing = (word: number) => accepted.word(word) & ~present.word(word)
  const doubled = (word: number) => twice.word(word)
  const unexpected = (word: number) => notDone.word(word) & present.word(word)
  const words = Math.max(accepted.words, notDone.words, present.words)
  const examples = (combine: (word: number) => number) => {
    const ids: string[] = []
    forEachBit(words, combine, (number) => ids.length < mostExamples && ids.push(requests.idOf(number)))
    return ids
  }
  return {
    service,
    stream,
    accepted: accepted.size,
    seen,
    missing: countBits(words, missing),
    doubled: twice.size,
    unexpected: countBits(words, unexpected),
    missingExamples: examples(missing),
    doubledExamples: examples(doubled),
    unexpectedExamples: examples(unexpected),
    // A stream that is not there has no effects, and that is known.
    settled: reading !== undefined && reading.outcome !== 'unfinished',
  }
}

function fieldOf(data: Uint8Array, field: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined
  } catch {
    return undefined
  }
}
