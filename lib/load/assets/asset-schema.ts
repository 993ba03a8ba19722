import * as v from 'valibot'
import * as s from '../../schema.ts'
import { type Failover, failoverSchema } from '../../topology/index.ts'
import type { ConsumerPlan, OriginPlan, StreamPlan } from './assets.ts'

/** JetStream's own rule: no spaces, dots, wildcards or separators. */
const assetName = v.custom<string>(
  (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value),
  'must be 1 to 64 of A–Z, a–z, 0–9, _ and -',
)
const members = v.optional(s.whole(1, 1_000), 1)
const handler = v.optional(s.handler)

const regionOf = v.optional(v.string('must be the name of a region'))
const origin = s.object({
  stream: assetName,
  region: regionOf,
  filter: v.optional(s.subjectPattern),
  to: v.optional(v.pipe(v.string('must be a subject'), v.minLength(1, 'must be a subject'))),
})

/** What decides which messages stay: a copy is read to its end and held against its origin, so it must keep them all. */
const limiting = ['retention', 'maxMessages', 'maxBytes', 'maxAge'] as const

export const streamSchema = v.pipe(
  v.custom<unknown>(
    (value) => typeof value !== 'object' || value === null || !('mirror' in value && 'sources' in value),
    'has a mirror and sources; it must have one of them',
  ),
  v.custom<unknown>(
    (value) => !isCopy(value) || !limiting.some((key) => key in value),
    `is a copy, which is held against its origin to the last message; it must have none of ${limiting.join(', ')}`,
  ),
  v.custom<unknown>(
    (value) => !isCopy(value) || !('subjects' in value),
    'is a copy and has subjects; it must have none, because what it holds comes from its origin',
  ),
  v.custom<unknown>(
    (value) => typeof value !== 'object' || value === null || isCopy(value) || 'subjects' in value,
    'has no subjects; it must have a list of them, or a mirror or sources',
  ),
  s.object({
    name: assetName,
    subjects: v.optional(s.list(s.subjectPattern, 'subjects', { least: 1 })),
    region: regionOf,
    mirror: v.optional(origin),
    sources: v.optional(s.list(origin, 'sources', { least: 1, most: 10 })),
    replicas: v.optional(s.whole(1, 5), 1),
    storage: v.optional(s.oneOf(['file', 'memory']), 'file'),
    retention: v.optional(s.oneOf(['limits', 'interest', 'workqueue']), 'limits'),
    discard: v.optional(s.oneOf(['old', 'new']), 'old'),
    maxMessages: v.optional(s.whole(1, Number.MAX_SAFE_INTEGER)),
    maxBytes: v.optional(v.pipe(s.size, v.minValue(1, 'must be at least 1 byte'))),
    maxAge: v.optional(s.positiveDuration),
    duplicateWindow: v.optional(s.positiveDuration),
  }),
  v.transform(
    ({ maxMessages, maxBytes, maxAge, duplicateWindow, region, mirror, sources, subjects, ...rest }): StreamPlan => ({
      ...rest,
      subjects: subjects ?? [],
      ...(region !== undefined && { region }),
      ...(mirror && { copies: { kind: 'mirror' as const, origins: [originPlan(mirror)] } }),
      ...(sources && { copies: { kind: 'sources' as const, origins: sources.map(originPlan) } }),
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxBytes !== undefined && { maxBytes }),
      ...(maxAge !== undefined && { maxAgeMs: maxAge }),
      ...(duplicateWindow !== undefined && { duplicateWindowMs: duplicateWindow }),
    }),
  ),
)

function isCopy(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ('mirror' in value || 'sources' in value)
}

function originPlan({ stream, region, filter, to }: v.InferOutput<typeof origin>): OriginPlan {
  return {
    stream,
    ...(region !== undefined && { region }),
    ...(filter !== undefined && { filter }),
    ...(to !== undefined && { to }),
  }
}

const pullSchema = v.pipe(
  s.object({
    kind: v.literal('pull'),
    name: assetName,
    stream: assetName,
    filter: v.optional(s.subjectPattern),
    ack: v.optional(s.oneOf(['explicit', 'all', 'none']), 'explicit'),
    ackWait: v.optional(s.positiveDuration, '30s'),
    maxAckPending: v.optional(s.whole(1, 1_000_000), 10_000),
    maxDeliver: v.optional(s.whole(1, 1_000_000)),
    batch: v.optional(s.whole(1, 100_000), 500),
    members,
    region: regionOf,
    failover: v.optional(failoverSchema),
    handler,
  }),
  v.transform(
    ({ filter, ackWait, maxDeliver, region, handler, ...rest }): Unplaced => ({
      ...rest,
      // JetStream's word for no limit.
      maxDeliver: maxDeliver ?? -1,
      ackWaitMs: ackWait,
      hasHandler: handler !== undefined,
      ...(region !== undefined && { region }),
      ...(filter !== undefined && { filter }),
    }),
  ),
)

const subscriptionSchema = v.pipe(
  s.object({
    kind: v.literal('subscription'),
    name: assetName,
    subject: s.subjectPattern,
    queue: v.optional(assetName),
    members,
    region: regionOf,
    failover: v.optional(failoverSchema),
    handler,
  }),
  v.check(
    ({ members, queue }) => members === 1 || queue !== undefined,
    'has several members and no queue; it must have one, or each member would get every message',
  ),
  v.transform(
    ({ queue, region, handler, ...rest }): Unplaced => ({
      ...rest,
      hasHandler: handler !== undefined,
      ...(region !== undefined && { region }),
      ...(queue !== undefined && { queue }),
    }),
  ),
)

const responderSchema = v.pipe(
  s.object({
    kind: v.literal('responder'),
    name: assetName,
    subject: s.subjectPattern,
    queue: v.optional(assetName),
    members,
    region: regionOf,
    failover: v.optional(failoverSchema),
    handler,
  }),
  v.transform(
    ({ queue, region, handler, ...rest }): Unplaced => ({
      ...rest,
      hasHandler: handler !== undefined,
      ...(region !== undefined && { region }),
      queue: queue ?? rest.name,
    }),
  ),
)

/** Not yet in the list, nor in a region of the topology. */
type Unplaced = ConsumerPlan extends infer Plan
  ? Plan extends ConsumerPlan
    ? Omit<Plan, 'index' | 'failover'> & { readonly failover?: Failover | undefined }
    : never
  : never

const schemas = { pull: pullSchema, subscription: subscriptionSchema, responder: responderSchema } as const
const noConsumer = v.custom<Unplaced>(() => false, 'must be made by consumer(), subscription() or responder()')

/** A consumer as a builder makes it → as the plan has it, but for its place in the list. */
export const consumerSchema = v.lazy((input): v.GenericSchema<unknown, Unplaced> => {
  const kind = typeof input === 'object' && input !== null ? (input as { kind?: unknown }).kind : undefined
  return typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind as keyof typeof schemas] : noConsumer
})
