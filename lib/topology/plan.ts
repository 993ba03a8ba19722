import * as v from 'valibot'
import { type ClusterPlan, clusterSchema } from './cluster.ts'
import { type RegionsPlan, regionsSchema } from './regions.ts'
import { meshShape, regionsShape, type TopologyShape } from './shape.ts'
import { type SinglePlan, singleSchema } from './single.ts'

/** What is deployed, as plain data. */
export type TopologyPlan = SinglePlan | ClusterPlan | RegionsPlan

const schemas = { single: singleSchema, cluster: clusterSchema, regions: regionsSchema }

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
  if (plan.kind === 'regions') return regionsShape(plan)
  return meshShape(plan.kind === 'single' ? 1 : plan.nodes)
}
