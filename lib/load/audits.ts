import type { NatsConnection } from 'nats'
import type { StreamPlan } from './assets.ts'
import { StreamAudit } from './audit.ts'
import { type OnStored, readStream } from './audit-read.ts'
import type { Ledger } from './ledger.ts'
import { readStamp, type Stamp } from './stamp.ts'

/** A stream's last sequence before the load, by its name. */
export type Starts = ReadonlyMap<string, number>

/** Where each stream ends now: what stands there already is not the load's. Streams that do not answer are left out. */
export async function noteStarts(nats: NatsConnection, streams: readonly StreamPlan[]): Promise<Starts> {
  if (streams.length === 0) return new Map()
  const manager = await nats.jetstreamManager({ checkAPI: false })
  const starts = new Map<string, number>()
  for (const { name } of streams) {
    const info = await manager.streams.info(name).catch(() => undefined)
    if (info) starts.set(name, info.state.last_seq)
  }
  return starts
}

export interface AuditParts {
  /** Undefined when no server could be reached: then nothing is known. */
  readonly nats: NatsConnection | undefined
  readonly streams: readonly StreamPlan[]
  readonly ledger: Ledger
  readonly runId: number
  readonly starts: Starts
  /** Start of the load, monotonic ms. */
  readonly origin: number
  /** When to give up, monotonic ms. */
  readonly deadline: number
}

/** Reads the streams whose content tells, one after the other, and compares each with the ledger. */
export async function auditStreams(parts: AuditParts): Promise<Map<string, StreamAudit>> {
  const { nats, ledger, runId, starts, origin, deadline } = parts
  const audits = new Map<string, StreamAudit>()
  for (const plan of parts.streams.filter(({ retention }) => retention === 'limits')) {
    const audit = new StreamAudit(plan, ledger, { after: starts.get(plan.name) ?? 0, origin })
    audits.set(plan.name, audit)
    // Reused: the audit reads it and keeps nothing.
    const stamp: Stamp = { runId, publisher: 0, sequence: 0, intended: 0 }
    const each: OnStored = (message, streamSequence, storedAt) =>
      audit.observe({
        streamSequence,
        storedAt,
        stamp: readStamp(message, runId, stamp) ? stamp : undefined,
        messageId: message.headers?.get('Nats-Msg-Id') || undefined,
      })
    if (nats) audit.close(await readStream(nats, plan.name, deadline, each))
  }
  return audits
}
