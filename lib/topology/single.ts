import * as v from 'valibot'
import { build } from '../call-site.ts'
import type { Duration, Size } from '../measure/index.ts'
import * as s from '../schema.ts'
import type { TopologyShape } from './topology.ts'

export interface SingleOptions {
  /**
   * How often JetStream syncs to disk: a duration, or `'always'`. nats-server's default is two minutes; before 2.10 there
   * is no such option, and the report says so.
   */
  readonly syncInterval?: Duration
  /** Largest message; nats-server's default is 1 MiB. */
  readonly maxPayload?: Size
}

/** One managed nats-server with JetStream, its clients behind proxies. The default topology. */
export function single(options: SingleOptions = {}): SingleOptions & { readonly kind: 'single' } {
  return build('single', { kind: 'single' }, options)
}

/** `single()` as plain data: one nats-server with JetStream. */
export interface SinglePlan {
  readonly kind: 'single'
  /** As nats-server writes it: `100ms`, `always`; undefined leaves its default. */
  readonly syncInterval?: string
  /** Bytes; undefined leaves the server's default. */
  readonly maxPayload?: number
}

const syncInterval = v.union(
  [
    v.literal('always'),
    v.pipe(
      s.positiveDuration,
      v.transform((milliseconds) => `${Math.max(1, Math.round(milliseconds))}ms`),
    ),
  ],
  'must be "always" or a duration such as "10s"',
)

export const singleSchema = v.pipe(
  s.object({
    kind: v.literal('single', 'must be "single"'),
    syncInterval: v.optional(syncInterval),
    maxPayload: v.optional(
      v.pipe(s.size, v.minValue(1, 'must be at least 1 byte'), v.maxValue(64 * 2 ** 20, 'must be at most 64MiB')),
    ),
  }),
  v.transform(
    (input): SinglePlan => ({
      kind: 'single',
      ...(input.syncInterval !== undefined && { syncInterval: input.syncInterval }),
      ...(input.maxPayload !== undefined && { maxPayload: input.maxPayload }),
    }),
  ),
)

export const singleShape: TopologyShape = {
  nodes: ['n1'],
  links: [
    { name: 'publishers-n1', groups: ['clients', 'publishers', 'n1'] },
    { name: 'consumers-n1', groups: ['clients', 'consumers', 'n1'] },
  ],
}
