import { betweenOf, pairsOf, type RegionVia } from '../topology/index.ts'
import type { Round } from './sample.ts'

/** The regions of a topology, as far as an observer needs to know. */
export interface RegionLayout {
  /** By leafnodes, the first region is the hub and all links lead to it. */
  readonly via: RegionVia
  readonly regions: readonly { readonly name: string; readonly nodes: readonly string[] }[]
}

/** What of one direction's probe messages has arrived since the look before. Monotonic milliseconds. */
export interface Crossing {
  /** Undefined where nobody can tell: an end without a server, or too short a time. */
  readonly crossed: boolean | undefined
  readonly first: number | undefined
  readonly last: number | undefined
}

/** Two regions in one second. */
export interface RegionLook {
  /** `a-b`. */
  readonly between: string
  readonly regions: readonly [string, string]
  /** Does a server there list a link to the other one, as the first and the second say? */
  readonly listed: readonly [boolean, boolean]
  /** From the first to the second, and back. */
  readonly crossings: readonly [Crossing, Crossing]
  /** Both list it, and nothing that was sent either way failed to arrive. */
  readonly connected: boolean
  /** Round trips since the look before, milliseconds. */
  readonly roundTrips: readonly number[]
}

/** What a probe has found out between two regions since it was asked last. */
export interface Probed {
  /** From the first to the second, and back. */
  readonly crossings: readonly [Crossing, Crossing]
  readonly roundTrips: readonly number[]
  /** Names of the servers that it is connected to in both. */
  readonly servers: readonly (string | undefined)[]
}

/** A round's regions, by the word of the servers at both ends and by what probe messages did. */
export function regionLooks(
  layout: RegionLayout,
  round: Round,
  probedOf: (pair: readonly [string, string]) => Probed,
): RegionLook[] {
  return pairsOf(layout.regions.map(({ name }) => name)).map((regions) => {
    const listed = listedBy(layout, round, regions)
    const { roundTrips, servers, ...probed } = probedOf(regions)
    // What a server that is paused does not pass on says nothing of its region.
    const isToldOf = servers.every((name) => name !== undefined && answers(round, name))
    const crossings = isToldOf ? probed.crossings : (probed.crossings.map(untold) as [Crossing, Crossing])
    const connected = listed.every(Boolean) && crossings.every(({ crossed }) => crossed !== false)
    return { between: betweenOf(regions), regions, listed, crossings, connected, roundTrips }
  })
}

function untold(crossing: Crossing): Crossing {
  return { ...crossing, crossed: crossing.crossed || undefined }
}

function answers(round: Round, name: string): boolean {
  return round.nodes.some(({ node, server }) => node === name && server !== undefined)
}

/** Two that meet in a third one are linked if each is linked with that. */
function listedBy(layout: RegionLayout, round: Round, [one, other]: readonly [string, string]): [boolean, boolean] {
  const hub = layout.via === 'leafnodes' ? layout.regions[0]!.name : undefined
  const isDirect = hub === undefined || one === hub || other === hub
  if (isDirect) return [lists(layout, round, one, other), lists(layout, round, other, one)]
  const withHub = (region: string) => lists(layout, round, region, hub) && lists(layout, round, hub, region)
  return [withHub(one), withHub(other)]
}

function lists({ regions }: RegionLayout, round: Round, from: string, to: string): boolean {
  const nodesOf = (region: string) => regions.find(({ name }) => name === region)!.nodes
  const there = nodesOf(to)
  return round.nodes.some(
    ({ node, server }) =>
      nodesOf(from).includes(node) &&
      server?.across.some((name) => name === undefined || name === to || there.includes(name)),
  )
}
