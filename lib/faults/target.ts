import * as v from 'valibot'
import * as s from '../schema.ts'

/**
 * Which nodes a fault is for, as plain data. It is resolved when the fault fires and not before: who will lead a stream
 * in an hour is not known now.
 */
export type Target =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'leaderOf' | 'followerOf'; readonly stream: string }
  | { readonly kind: 'consumerLeaderOf'; readonly stream: string; readonly consumer: string }
  | { readonly kind: 'metaLeader' | 'randomNode' | 'roundRobin' | 'majority' | 'minority' | 'allNodes' }
  /** Not a node: an instance of a service. */
  | { readonly kind: 'instance'; readonly name: string }
  | RegionTarget
  | { readonly kind: 'anyOf'; readonly names: readonly string[] }

/** Whole regions: what a partition cuts off hears itself. */
export type RegionTarget =
  | { readonly kind: 'region'; readonly name: string }
  /** No names: all of them. */
  | { readonly kind: 'randomRegion' | 'roundRobinRegion'; readonly names: readonly string[] }
  | { readonly kind: 'allRegions' }

/** A node by its name: `n1`, `n2`, … */
export const node = (name: string): Target => ({ kind: 'node', name })
/** An instance of a service by its name: `router-1`, … */
export const instance = (name: string): Target => ({ kind: 'instance', name })
/** The node that leads a stream at that moment. */
export const leaderOf = (stream: string): Target => ({ kind: 'leaderOf', stream })
/** A node that holds a replica of a stream and does not lead it; which one follows from the seed. */
export const followerOf = (stream: string): Target => ({ kind: 'followerOf', stream })
/** The node that leads a durable consumer. */
export const consumerLeaderOf = (stream: string, consumer: string): Target => ({
  kind: 'consumerLeaderOf',
  stream,
  consumer,
})
/** All nodes of a region of `regions()`. */
export const region = (name: string): Target => ({ kind: 'region', name })
/** One region after another, from firing to firing: those named, or all in the order in which they are declared. */
export const roundRobinRegion = (...names: readonly string[]): Target => ({ kind: 'roundRobinRegion', names })
/** One region of those named, or of all; which one follows from the seed. */
export const randomRegion = (...names: readonly string[]): Target => ({ kind: 'randomRegion', names })
/** Every region: `partition(allRegions())` leaves none that hears another. */
export const allRegions = (): Target => ({ kind: 'allRegions' })
/** The node that leads the cluster's metadata. */
export const metaLeader = (): Target => ({ kind: 'metaLeader' })
/** Any node; which one follows from the seed. */
export const randomNode = (): Target => ({ kind: 'randomNode' })
/** One node after another, from firing to firing. */
export const roundRobin = (): Target => ({ kind: 'roundRobin' })
/** One of several; which one follows from the seed. */
export const anyOf = (...names: readonly string[]): Target => ({ kind: 'anyOf', names })
/** More than half of the nodes, and no more than that takes. Takes quorum away: needs `allowQuorumLoss`. */
export const majority = (): Target => ({ kind: 'majority' })
/** As many nodes as can go without quorum going. */
export const minority = (): Target => ({ kind: 'minority' })
/** Every node. Takes quorum away: needs `allowQuorumLoss`. */
export const allNodes = (): Target => ({ kind: 'allNodes' })

const nodeName = v.string('must be the name of a node, such as "n1"')
const stream = v.string('must be the name of a stream')
const regionName = v.string('must be the name of a region, such as "b"')
const regionNames = s.list(regionName, 'names of regions', { most: 100 })

const schemas: { readonly [K in Target['kind']]: v.GenericSchema<unknown, Target> } = {
  node: s.object({ kind: v.literal('node'), name: nodeName }),
  instance: s.object({
    kind: v.literal('instance'),
    name: v.string('must be the name of an instance, such as "router-1"'),
  }),
  leaderOf: s.object({ kind: v.literal('leaderOf'), stream }),
  followerOf: s.object({ kind: v.literal('followerOf'), stream }),
  consumerLeaderOf: s.object({
    kind: v.literal('consumerLeaderOf'),
    stream,
    consumer: v.string('must be the name of a consumer'),
  }),
  region: s.object({ kind: v.literal('region'), name: regionName }),
  roundRobinRegion: s.object({ kind: v.literal('roundRobinRegion'), names: regionNames }),
  randomRegion: s.object({ kind: v.literal('randomRegion'), names: regionNames }),
  allRegions: s.object({ kind: v.literal('allRegions') }),
  metaLeader: s.object({ kind: v.literal('metaLeader') }),
  randomNode: s.object({ kind: v.literal('randomNode') }),
  roundRobin: s.object({ kind: v.literal('roundRobin') }),
  majority: s.object({ kind: v.literal('majority') }),
  minority: s.object({ kind: v.literal('minority') }),
  allNodes: s.object({ kind: v.literal('allNodes') }),
  anyOf: s.object({ kind: v.literal('anyOf'), names: s.list(nodeName, 'names of nodes', { least: 1, most: 100 }) }),
}

const noTarget = v.custom<Target>(() => false, 'must be a target, such as node("n1") or leaderOf("ORDERS")')

/** A target as a builder makes it. */
export const targetSchema = v.lazy((input): v.GenericSchema<unknown, Target> => {
  const kind = typeof input === 'object' && input !== null ? (input as { kind?: unknown }).kind : undefined
  return typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind as Target['kind']] : noTarget
})

/** As a script writes it: `leaderOf(ORDERS)`. */
export function describeTarget(target: Target): string {
  switch (target.kind) {
    case 'node':
    case 'instance':
      return target.name
    case 'region':
      return `region(${target.name})`
    case 'leaderOf':
    case 'followerOf':
      return `${target.kind}(${target.stream})`
    case 'consumerLeaderOf':
      return `consumerLeaderOf(${target.stream}, ${target.consumer})`
    case 'anyOf':
    case 'randomRegion':
    case 'roundRobinRegion':
      return `${target.kind}(${target.names.join(', ')})`
    default:
      return `${target.kind}()`
  }
}

export function isRegionTarget(target: Target): target is RegionTarget {
  return (
    target.kind === 'region' ||
    target.kind === 'randomRegion' ||
    target.kind === 'roundRobinRegion' ||
    target.kind === 'allRegions'
  )
}

/** How many nodes of a cluster a target takes at a time. */
export function targetCount(target: Target, nodes: number): number {
  if (target.kind === 'instance') return 0
  if (target.kind === 'majority') return quorumOf(nodes)
  if (target.kind === 'minority') return nodes - quorumOf(nodes)
  return target.kind === 'allNodes' ? nodes : 1
}

/** Servers that must agree: more than half. */
export function quorumOf(nodes: number): number {
  return Math.floor(nodes / 2) + 1
}
