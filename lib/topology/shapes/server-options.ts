import * as v from 'valibot'
import type { Duration, Size } from '../../measure/index.ts'
import * as s from '../../schema.ts'

/** What a script may say of the nats-servers that Squall starts. */
export interface ServerOptions {
  /**
   * How often JetStream syncs to disk: a duration, or `'always'`. nats-server's default is two minutes; before 2.10 there
   * is no such option, and the report says so.
   */
  readonly syncInterval?: Duration
  /** Largest message; nats-server's default is 1 MiB. */
  readonly maxPayload?: Size
}

/** {@link ServerOptions} as plain data. */
export interface ServerPlan {
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

/** Entries for the schema of a topology. */
export const serverEntries = {
  syncInterval: v.optional(syncInterval),
  maxPayload: v.optional(
    v.pipe(s.size, v.minValue(1, 'must be at least 1 byte'), v.maxValue(64 * 2 ** 20, 'must be at most 64MiB')),
  ),
}

/** A parsed topology's part of these, without what was not said. */
export function serverPlan(input: { syncInterval?: string | undefined; maxPayload?: number | undefined }): ServerPlan {
  return {
    ...(input.syncInterval !== undefined && { syncInterval: input.syncInterval }),
    ...(input.maxPayload !== undefined && { maxPayload: input.maxPayload }),
  }
}
