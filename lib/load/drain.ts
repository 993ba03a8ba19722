import { now, type SampleRegistry } from '../measure/index.ts'
import { type Audits, auditStreams, type Starts } from './audit/audits.ts'
import { awaitCopies, type Place } from './audit/copies.ts'
import { auditEffects } from './audit/effects-audit.ts'
import type { Client } from './clients/client.ts'
import type { Connections } from './clients/connections.ts'
import { closeLedger } from './close-ledger.ts'
import type { Consumers } from './consume/consumers.ts'
import type { RequestLedger } from './http/request-ledger.ts'
import type { TeardownContext } from './iteration.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { EffectsLedger, LedgerResult } from './ledger/result.ts'
import type { GeneratorConfig } from './protocol.ts'
import type { Publishers } from './publish/publishers.ts'
import { verifyState } from './verify-state.ts'
import { within } from './within.ts'

export interface DrainParts {
  readonly config: GeneratorConfig
  readonly connections: Connections
  readonly publishers: Publishers
  readonly consumers: Consumers
  readonly places: readonly Place[]
  readonly ledger: Ledger
  readonly requests: RequestLedger
  readonly registry: SampleRegistry
  readonly starts: Starts
  /** Start of the load, monotonic ms. */
  readonly origin: number
  /** The script's, if it has one. */
  readonly verify: (() => unknown) | undefined
}

/** Waits until what was published has reached all that it should, reads the streams, and gives the verdict on every message. */
export async function drain(parts: DrainParts, deadline: number): Promise<LedgerResult> {
  const { publishers, consumers, places, ledger, registry, origin, verify } = parts
  await within(deadline, publishers.flush())
  // The other half is for reading: what is still queued is then known by number and name.
  const start = now()
  await awaitCopies(places, start + (deadline - start) / 2)
  const [read, effects, audits] = await Promise.all([
    consumers.drain(deadline),
    findEffects(parts, deadline),
    readStreams(parts, deadline),
  ])
  const { pending } = read
  // What a copy has yet to get may still reach its consumers.
  const drained = read.drained && ![...audits.copies.values()].some(({ isBehind }) => isBehind)
  const state = verify && (await verifyState(verify, deadline))
  if (drained) {
    ledger.lost((kind, tags) => {
      registry.set(tags).counter(kind === 'pull' ? 'lost' : 'core_lost').count += 1
    })
  }
  return {
    ...closeLedger(ledger, { origin, pending, drained, audits: audits.streams, copies: audits.copies }),
    ...(effects.length > 0 && { effects }),
    ...(state && { state }),
  }
}

/** What a script's `verifyState` and `teardown` get. */
export function contextOf(publishers: Publishers, data: unknown): TeardownContext {
  return { nats: publishers.first.client.nats, data }
}

/** Reads the streams themselves, on connections of its own: the load's consumers are no witnesses of their content. */
async function readStreams(
  { config, connections, ledger, starts, origin }: DrainParts,
  deadline: number,
): Promise<Audits> {
  const auditors = new Map<string | undefined, Client | undefined>()
  const connect = async (region: string | undefined) => {
    if (!auditors.has(region)) auditors.set(region, await connections.openAuditor(region, deadline))
    return auditors.get(region)?.nats
  }
  const { runId, plan } = config
  const { streams, topology } = plan
  // A cluster that is there already may have mappings of its own.
  const knowsSubjects = topology.kind !== 'external'
  try {
    return await auditStreams({ connect, streams, ledger, runId, knowsSubjects, starts, origin, deadline })
  } finally {
    await Promise.all([...auditors.values()].map((auditor) => auditor?.close()))
  }
}

async function findEffects({ config, connections, requests }: DrainParts, deadline: number): Promise<EffectsLedger[]> {
  const { services } = config.plan
  if (!services.some(({ effects }) => effects)) return []
  const auditor = await connections.openAuditor(undefined, deadline)
  try {
    return await auditEffects({ nats: auditor?.nats, services, requests, deadline })
  } finally {
    await auditor?.close()
  }
}
