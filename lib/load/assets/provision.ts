import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, DiscardPolicy, type NatsConnection, NatsError, nanos, RetentionPolicy, StorageType } from 'nats'
import { natsFeatures } from '../../binaries/index.ts'
import { messageOf } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import type { ConsumerPlan, CopyPlan, PullConsumerPlan, StreamPlan } from './assets.ts'
import type { Placement } from './places.ts'
import { transformOf } from './subject-mapping.ts'

const retention = {
  limits: RetentionPolicy.Limits,
  interest: RetentionPolicy.Interest,
  workqueue: RetentionPolicy.Workqueue,
} as const
const storage = { file: StorageType.File, memory: StorageType.Memory } as const
const discard = { old: DiscardPolicy.Old, new: DiscardPolicy.New } as const
const ackPolicy = { explicit: AckPolicy.Explicit, all: AckPolicy.All, none: AckPolicy.None } as const

/** So long a cluster that has just started may say that one of its servers is not there yet. */
const settleMs = 10_000
const askAgainMs = 100
/** nats-server's JSClusterNotAvailErr: "JetStream system temporarily unavailable". */
const temporarilyUnavailable = 10_008

/** Of a topology without regions. */
const nowhere: Placement = { domainOf: () => undefined }

/** Creates streams, and of the durable consumers theirs. Throws on the first that the server refuses, naming it. */
export async function provision(
  nats: NatsConnection,
  streams: readonly StreamPlan[],
  consumers: readonly ConsumerPlan[],
  placement: Placement = nowhere,
): Promise<void> {
  if (streams.length === 0) return
  const pulls = consumers
    .filter((plan) => plan.kind === 'pull')
    .filter(({ stream }) => streams.some(({ name }) => name === stream))
  const manager = await nats.jetstreamManager()
  for (const plan of streams) {
    const version = nats.info?.version ?? ''
    if (plan.copies?.origins.some(({ to }) => to !== undefined) && !natsFeatures(version).subjectTransforms)
      throw new Error(`stream ${plan.name} maps subjects, which needs nats-server 2.10; this is ${version}`)
    await named(`stream ${plan.name}`, () => manager.streams.add(streamConfig(plan, placement)))
  }
  for (const plan of pulls) {
    await named(`consumer ${plan.name}`, () => manager.consumers.add(plan.stream, consumerConfig(plan)))
  }
}

export function streamConfig(plan: StreamPlan, { cluster, domainOf }: Placement = nowhere) {
  return {
    name: plan.name,
    ...(plan.copies ? copyConfig(plan.copies, domainOf) : { subjects: [...plan.subjects] }),
    ...(cluster !== undefined && { placement: { cluster, tags: [] } }),
    num_replicas: plan.replicas,
    storage: storage[plan.storage],
    retention: retention[plan.retention],
    discard: discard[plan.discard],
    ...(plan.maxMessages !== undefined && { max_msgs: plan.maxMessages }),
    ...(plan.maxBytes !== undefined && { max_bytes: plan.maxBytes }),
    ...(plan.maxAgeMs !== undefined && { max_age: nanos(plan.maxAgeMs) }),
    ...(plan.duplicateWindowMs !== undefined && { duplicate_window: nanos(plan.duplicateWindowMs) }),
  }
}

function copyConfig({ kind, origins }: CopyPlan, domainOf: Placement['domainOf']) {
  const sources = origins.map((origin) => {
    const { stream, filter } = origin
    const domain = domainOf(stream)
    const transform = transformOf(origin)
    return {
      name: stream,
      ...(domain !== undefined && { external: { api: `$JS.${domain}.API`, deliver: '' } }),
      // A transform is a filter too; nats-server takes one of both.
      ...(transform ? { subject_transforms: [transform] } : filter !== undefined && { filter_subject: filter }),
    }
  })
  return kind === 'mirror' ? { mirror: sources[0]! } : { sources }
}

export function consumerConfig(plan: PullConsumerPlan) {
  return {
    durable_name: plan.name,
    ack_policy: ackPolicy[plan.ack],
    ...(plan.filter !== undefined && { filter_subject: plan.filter }),
    ...(plan.ack !== 'none' && { ack_wait: nanos(plan.ackWaitMs), max_ack_pending: plan.maxAckPending }),
    max_deliver: plan.maxDeliver,
  }
}

/** What is refused because a server is not seen at that moment is asked for again. */
async function named(what: string, create: () => Promise<unknown>): Promise<void> {
  const deadline = now() + settleMs
  for (;;) {
    try {
      await create()
      return
    } catch (error) {
      if (!isPassing(error) || now() >= deadline)
        throw new Error(`${what} could not be created: ${messageOf(error)}`, { cause: error })
      await sleep(askAgainMs)
    }
  }
}

/** "no suitable peers for placement, peer offline" has the code of one that never passes: too few servers. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof NatsError)) return false
  const { err_code: code, description = '' } = error.api_error ?? {}
  return code === temporarilyUnavailable || description.includes('peer offline')
}
