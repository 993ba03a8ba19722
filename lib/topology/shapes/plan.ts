import * as v from 'valibot'
import { type ClusterPlan, clusterSchema } from './cluster.ts'
import { type ExternalPlan, externalSchema, externalShape } from './external.ts'
import { type RegionsPlan, regionsSchema } from './regions.ts'
import { meshShape, regionsShape, type TopologyShape } from './shape.ts'
import { type SinglePlan, singleSchema } from './single.ts'

/** What Squall starts, as plain data. */
export type ManagedPlan = SinglePlan | ClusterPlan | RegionsPlan

/** What a script runs against, as plain data. */
export type TopologyPlan = ManagedPlan | ExternalPlan

const schemas = { single: singleSchema, cluster: clusterSchema, regions: regionsSchema, external: externalSchema }

/** What a script exports as its topology, by the builder that made it. */
export const topologySchema = v.pipe(
  v.custom<unknown>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'kind' in value &&
      typeof value.kind === 'string' &&
      Object.hasOwn(schemas, value.kind),
    `must be made by ${Object.keys(schemas)
      .map((builder) => `${builder}()`)
      .join(' or ')}`,
  ),
  v.lazy((made): v.GenericSchema<unknown, TopologyPlan> => schemas[(made as Pick<TopologyPlan, 'kind'>).kind]),
)

export function shapeOf(plan: TopologyPlan): TopologyShape {
  if (plan.kind === 'external') return externalShape(plan)
  if (plan.kind === 'regions') return regionsShape(plan)
  return meshShape(plan.kind === 'single' ? 1 : plan.nodes)
}
