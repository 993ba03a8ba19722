import { type Fault, isNodeFault, type PartitionFault } from './fault.ts'
import type { QuorumGroup, Quorums } from './quorum-group.ts'
import { isRegionTarget, quorumOf, type RegionTarget, type Target } from './target.ts'

/** Nodes of a group that a fault keeps from agreeing with the rest of it, at most. */
export function nodesTaken(fault: Fault, group: QuorumGroup, quorums: Quorums): number {
  if (isNodeFault(fault)) return nodesHit(fault.target, group, quorums)
  return fault.kind === 'partition' ? nodesCutOff(fault, group, quorums) : 0
}

function nodesCutOff(fault: PartitionFault, group: QuorumGroup, quorums: Quorums): number {
  const { shape, target, hearers } = fault
  const { nodes } = quorums
  const size = group.nodes.length
  if ((shape === 'apart' || shape === 'oneWay') && isRegionTarget(target)) {
    return regionsCutOff(target, hearers, group, quorums)
  }
  switch (shape) {
    case 'isolate':
    case 'apart':
    case 'oneWay':
      return nodesHit(target, group, quorums)
    case 'halves':
    case 'bridge':
      return Math.floor(size / 2)
    case 'majoritiesRing':
      // Every node of the ring hears a majority of all. Of a group that is a part of them it may hear itself alone.
      return size === nodes.length ? 0 : Math.min(size - 1, nodes.length - quorumOf(nodes.length))
  }
}

/** The cut runs between regions: what lies within one stays whole, and of what lies in several the larger part goes on. */
function regionsCutOff(
  target: RegionTarget,
  hearers: Target | undefined,
  { nodes }: QuorumGroup,
  { regions }: Quorums,
): number {
  const inGroup = (name: string) =>
    regions.find((region) => region.name === name)?.nodes.filter((node) => nodes.includes(node)).length ?? 0
  if (target.kind === 'allRegions') {
    return regions.length === 0 ? 0 : nodes.length - Math.max(...regions.map(({ name }) => inGroup(name)))
  }
  const cutOff = regionsMeant(target, regions).map((name) => {
    const there = inGroup(name)
    const others = hearers?.kind === 'region' ? inGroup(hearers.name) : nodes.length - there
    return hearers?.kind === 'region' && hearers.name === name ? 0 : Math.min(there, others)
  })
  return Math.max(0, ...cutOff)
}

/** Nodes of a group that a target means, at most. */
function nodesHit(target: Target, { nodes }: QuorumGroup, { nodes: all, regions, streamRegions }: Quorums): number {
  const among = (names: readonly string[]) => names.filter((name) => nodes.includes(name)).length
  const nodesOf = (region: string) => regions.find(({ name }) => name === region)?.nodes ?? []
  switch (target.kind) {
    case 'instance':
      return 0
    case 'node':
      return among([target.name])
    case 'anyOf':
      return Math.min(1, among(target.names))
    case 'leaderOf':
    case 'followerOf':
    case 'consumerLeaderOf': {
      const region = streamRegions[target.stream]
      return region === undefined ? 1 : Math.min(1, among(nodesOf(region)))
    }
    case 'metaLeader':
    case 'randomNode':
    case 'roundRobin':
      return 1
    case 'majority':
      return Math.min(nodes.length, quorumOf(all.length))
    case 'minority':
      return Math.min(nodes.length, all.length - quorumOf(all.length))
    case 'allNodes':
      return nodes.length
    default:
      if (target.kind === 'allRegions') return nodes.length
      return Math.max(0, ...regionsMeant(target, regions).map((name) => among(nodesOf(name))))
  }
}

/** Names of the regions of which a target means one. */
function regionsMeant(
  target: Exclude<RegionTarget, { kind: 'allRegions' }>,
  regions: Quorums['regions'],
): readonly string[] {
  if (target.kind === 'region') return [target.name]
  return target.names.length > 0 ? target.names : regions.map(({ name }) => name)
}
