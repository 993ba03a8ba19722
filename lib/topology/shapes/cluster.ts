import * as v from 'valibot'
import { build } from '../../call-site.ts'
import * as s from '../../schema.ts'
import { type ServerOptions, type ServerPlan, serverEntries, serverPlan } from './server-options.ts'

export interface ClusterOptions extends ServerOptions {
  /** How many nats-servers, 1 to 9; default 3. An even number tolerates no more failures than the odd one below it. */
  readonly nodes?: number
  /**
   * `false` lets the servers tell each other their real addresses, so that they go around their proxies and cuts do
   * nothing: a run is then invalid. For tests of that alone.
   */
  readonly protectRoutes?: boolean
}

/** A managed JetStream cluster: clients and routes behind proxies, one for each direction of each route. */
export function cluster(options: ClusterOptions = {}): ClusterOptions & { readonly kind: 'cluster' } {
  return build('cluster', { kind: 'cluster' }, options)
}

/** `cluster()` as plain data. */
export interface ClusterPlan extends ServerPlan {
  readonly kind: 'cluster'
  readonly nodes: number
  readonly protectRoutes: boolean
}

export const clusterSchema = v.pipe(
  s.object({
    kind: v.literal('cluster'),
    nodes: v.optional(s.whole(1, 9), 3),
    protectRoutes: v.optional(v.boolean('must be true or false'), true),
    ...serverEntries,
  }),
  v.transform(
    (input): ClusterPlan => ({
      kind: 'cluster',
      nodes: input.nodes,
      protectRoutes: input.protectRoutes,
      ...serverPlan(input),
    }),
  ),
)
