import type { NatsConnection } from 'nats'
import type { StreamPlan } from '../assets/assets.ts'
import { depthOf } from '../assets/hops.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { readStamp, type Stamp } from '../publish/stamp.ts'
import { CopyAudit } from './copy-audit.ts'
import type { PathAudit } from './path-audit.ts'
import { type OnStored, readStream } from './read-stream.ts'
import { readSource } from './source-header.ts'
import type { Reading } from './stored-message.ts'
import { StreamAudit } from './stream-audit.ts'

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
  /** A connection to the servers of a region; undefined when none could be reached: then nothing is known of its streams. */
  readonly connect: (region: string | undefined) => Promise<NatsConnection | undefined>
  readonly streams: readonly StreamPlan[]
  readonly ledger: Ledger
  readonly runId: number
  /** Is it known under which subjects messages are stored? */
  readonly knowsSubjects: boolean
  readonly starts: Starts
  /** Start of the load, monotonic ms. */
  readonly origin: number
  /** When to give up, monotonic ms. */
  readonly deadline: number
}

/** What was read. */
export interface Audits {
  /** By stream: those that are published to and whose content tells. */
  readonly streams: ReadonlyMap<string, StreamAudit>
  /** By copy. */
  readonly copies: ReadonlyMap<string, CopyAudit>
}

/**
 * Reads the streams, one after the other: each copy before what it copies, so that it is known of each message of an
 * origin what became of it. Each is compared with the ledger, and each copy with its origins.
 */
export async function auditStreams({ connect, ...parts }: AuditParts): Promise<Audits> {
  const { streams, ledger, starts, origin, deadline } = parts
  const audits = new Map<string, StreamAudit>()
  const copies = new Map<string, CopyAudit>()
  for (const plan of copiesFirst(streams)) {
    const copiedOn = [...copies.values()].flatMap(({ paths }) =>
      paths.filter(({ hop }) => hop.origin.stream === plan.name),
    )
    const nats = await connect(plan.region)
    let audit: StreamAudit | CopyAudit
    if (plan.copies) {
      audit = new CopyAudit({ copy: plan.name, streams, ledger, starts, origin })
      copies.set(plan.name, audit)
    } else {
      audit = new StreamAudit(plan, ledger, { after: starts.get(plan.name) ?? 0, origin })
      audits.set(plan.name, audit)
    }
    const reading = nats
      ? await readStream(nats, plan.name, deadline, listener(plan, audit, copiedOn, parts))
      : unreachable
    audit.close(reading)
    for (const path of copiedOn) path.closeOrigin(reading)
  }
  return { streams: audits, copies }
}

const unreachable: Reading = { outcome: 'unfinished', reached: 0, state: undefined, at: 0 }

/** Tells a stream's audit, and the paths that lead on from it, of each of its messages. */
function listener(
  plan: StreamPlan,
  audit: StreamAudit | CopyAudit,
  copiedOn: readonly PathAudit[],
  { runId, ledger, knowsSubjects }: Pick<AuditParts, 'runId' | 'ledger' | 'knowsSubjects'>,
): OnStored {
  // Reused: who is told reads it and keeps nothing.
  const stamp: Stamp = { runId, publisher: 0, sequence: 0, intended: 0 }
  const offered: { originSequence: number; sequence: number | undefined } = { originSequence: 0, sequence: undefined }
  const hasSources = plan.copies?.kind === 'sources'
  return (message, streamSequence, storedAt) => {
    const isStamped = readStamp(message, runId, stamp)
    audit.observe({
      streamSequence,
      storedAt,
      stamp: isStamped ? stamp : undefined,
      messageId: message.headers?.get('Nats-Msg-Id') || undefined,
      subject: knowsSubjects ? message.subject : undefined,
      source: hasSources ? readSource(message.headers?.get('Nats-Stream-Source')) : undefined,
    })
    offered.originSequence = streamSequence
    offered.sequence = isStamped && ledger.has(stamp) ? stamp.sequence : undefined
    for (const path of copiedOn) path.offer(offered, message.subject)
  }
}

/** Those that can be judged by what they hold. */
function copiesFirst(streams: readonly StreamPlan[]): StreamPlan[] {
  return streams
    .filter(({ retention }) => retention === 'limits')
    .toSorted((a, b) => depthOf(b.name, streams) - depthOf(a.name, streams))
}
