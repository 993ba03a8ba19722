import * as v from 'valibot'
import * as s from '../schema.ts'
import type { ConsumerPlan, StreamPlan } from './assets.ts'

/** JetStream's own rule: no spaces, dots, wildcards or separators. */
const assetName = v.custom<string>(
  (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value),
  'must be 1 to 64 of A–Z, a–z, 0–9, _ and -',
)
const members = v.optional(s.whole(1, 1_000), 1)
const handler = v.optional(s.handler)

export const streamSchema = v.pipe(
  s.object({
    name: assetName,
    subjects: s.list(s.subjectPattern, 'subjects', { least: 1 }),
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
    ({ maxMessages, maxBytes, maxAge, duplicateWindow, ...rest }): StreamPlan => ({
      ...rest,
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxBytes !== undefined && { maxBytes }),
      ...(maxAge !== undefined && { maxAgeMs: maxAge }),
      ...(duplicateWindow !== undefined && { duplicateWindowMs: duplicateWindow }),
    }),
  ),
)

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
    handler,
  }),
  v.transform(
    ({ filter, ackWait, maxDeliver, handler, ...rest }): Unplaced => ({
      ...rest,
      // JetStream's word for no limit.
      maxDeliver: maxDeliver ?? -1,
      ackWaitMs: ackWait,
      hasHandler: handler !== undefined,
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
    handler,
  }),
  v.check(
    ({ members, queue }) => members === 1 || queue !== undefined,
    'has several members and no queue; it must have one, or each member would get every message',
  ),
  v.transform(
    ({ queue, handler, ...rest }): Unplaced => ({
      ...rest,
      hasHandler: handler !== undefined,
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
    handler,
  }),
  v.transform(
    ({ queue, handler, ...rest }): Unplaced => ({
      ...rest,
      hasHandler: handler !== undefined,
      queue: queue ?? rest.name,
    }),
  ),
)

type Unplaced = ConsumerPlan extends infer Plan ? (Plan extends ConsumerPlan ? Omit<Plan, 'index'> : never) : never

const schemas = { pull: pullSchema, subscription: subscriptionSchema, responder: responderSchema } as const
const noConsumer = v.custom<Unplaced>(() => false, 'must be made by consumer(), subscription() or responder()')

/** A consumer as a builder makes it → as the plan has it, but for its place in the list. */
export const consumerSchema = v.lazy((input): v.GenericSchema<unknown, Unplaced> => {
  const kind = typeof input === 'object' && input !== null ? (input as { kind?: unknown }).kind : undefined
  return typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind as keyof typeof schemas] : noConsumer
})
