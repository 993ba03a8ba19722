import type { QuorumGroup, Quorums } from '../faults/index.ts'
import type { StreamPlan } from '../load/index.ts'
import { shapeOf, type TopologyPlan } from '../topology/index.ts'

/**
 * What must agree in a topology. The nodes of a cluster; of regions that are joined by leafnodes, each region's; where they are joined by
 * gateways, all of them, because there is one meta group, and those of each region that has a stream with replicas.
 */
export function quorumsOf(topology: TopologyPlan, streams: readonly StreamPlan[]): Quorums {
  const { nodes, regions } = shapeOf(topology)
  const ofRegions = (names: (name: string) => boolean): QuorumGroup[] =>
    regions.filter(({ name }) => names(name)).map(({ name, nodes }) => ({ nodes, region: name }))
  const replicated = (name: string) => streams.some(({ region, replicas }) => region === name && replicas > 1)
  const groups =
    topology.kind !== 'regions'
      ? [{ nodes }]
      : topology.via === 'leafnodes'
        ? ofRegions(() => true)
        : [{ nodes }, ...ofRegions(replicated)]
  const streamRegions = Object.fromEntries(
    streams.flatMap(({ name, region }) => (region === undefined ? [] : [[name, region]])),
  )
  return { nodes, regions, groups, streamRegions }
}
