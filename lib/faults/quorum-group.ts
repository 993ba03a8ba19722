import type { RegionShape } from '../topology/index.ts'

/** Nodes of which more than half must hear each other. */
export interface QuorumGroup {
  readonly nodes: readonly string[]
  /** The region that has it for itself; undefined for the group of all nodes. */
  readonly region?: string
}

/** What must be able to agree in a topology, and where things are in it. */
export interface Quorums {
  readonly nodes: readonly string[]
  readonly regions: readonly RegionShape[]
  readonly groups: readonly QuorumGroup[]
  /** Stream → its region, where there are regions. */
  readonly streamRegions: Readonly<Record<string, string>>
}
