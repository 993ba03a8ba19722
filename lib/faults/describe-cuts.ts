import type { RegionShape } from '../topology/index.ts'
import type { Cut } from './partition.ts'

/** Regions, and which of them have links between them. */
export interface LinkedRegions {
  readonly regions: readonly RegionShape[]
  readonly areLinked: (one: string, other: string) => boolean
}

/** {@link describeNodeCuts}, by the names of regions where whole regions are apart: `b | a, c`. */
export function describeCuts(cuts: readonly Cut[], nodes: readonly string[], where?: LinkedRegions): string {
  const regionCuts = where && wholeCuts(cuts, where.regions)
  if (!regionCuts) return describeNodeCuts(cuts, nodes)
  const names = where.regions.map(({ name }) => name)
  // Without a link of their own, two regions hear each other by way of others.
  const parts = partsOf(names, (one, other) => where.areLinked(one, other) && !isEitherWay(regionCuts, one, other))
  const goesBothWays = regionCuts.every(({ from, to }) => regionCuts.some((cut) => cut.from === to && cut.to === from))
  return parts.length > 1 && goesBothWays ? describeParts(parts) : describeNodeCuts(regionCuts, names)
}

/** Between regions, where each is cut as a whole or not at all. */
function wholeCuts(cuts: readonly Cut[], regions: readonly RegionShape[]): Cut[] | undefined {
  const count = (from: RegionShape, to: RegionShape) =>
    cuts.filter((cut) => from.nodes.includes(cut.from) && to.nodes.includes(cut.to)).length
  const pairs = regions.flatMap((from) => regions.map((to) => ({ from, to, count: count(from, to) })))
  const areWhole = pairs.every(({ from, to, count }) => count === 0 || count === from.nodes.length * to.nodes.length)
  const cut = pairs.filter(({ count }) => count > 0)
  return areWhole && cut.length > 0 ? cut.map(({ from, to }) => ({ from: from.name, to: to.name })) : undefined
}

function isEitherWay(cuts: readonly Cut[], one: string, other: string): boolean {
  return cuts.some(({ from, to }) => (from === one && to === other) || (from === other && to === one))
}

/**
 * Who is apart from whom, from who does not hear whom: `n3 | n1, n2` for parts that do not hear each other, `n3 | n2, both
 * with n1` where they have nodes in common, `n1 is not heard by n2, n3` where it goes one way.
 */
function describeNodeCuts(cuts: readonly Cut[], nodes: readonly string[]): string {
  const isCut = (from: string, to: string) => cuts.some((cut) => cut.from === from && cut.to === to)
  if (!cuts.every(({ from, to }) => isCut(to, from))) {
    return nodes
      .map((from) => [from, nodes.filter((to) => isCut(from, to))] as const)
      .filter(([, deaf]) => deaf.length > 0)
      .map(([from, deaf]) => `${from} is not heard by ${deaf.join(', ')}`)
      .join('; ')
  }
  const between = nodes.filter((node) => !cuts.some(({ from }) => from === node))
  const parts = partsOf(
    nodes.filter((node) => !between.includes(node)),
    (one, other) => !isCut(one, other),
  )
  const apart = describeParts(parts)
  if (between.length === 0) return apart
  return `${apart}, ${parts.length === 2 ? 'both' : 'all'} with ${between.join(', ')}`
}

function describeParts(parts: readonly (readonly string[])[]): string {
  return parts
    .toSorted((one, other) => one.length - other.length)
    .map((part) => part.join(', '))
    .join(' | ')
}

/** Nodes that hear each other, straight or by way of others. */
function partsOf(nodes: readonly string[], hear: (one: string, other: string) => boolean): string[][] {
  const left = new Set(nodes)
  const parts: string[][] = []
  for (const first of nodes) {
    if (!left.delete(first)) continue
    const part = [first]
    for (const member of part) {
      for (const other of [...left]) if (hear(member, other) && left.delete(other)) part.push(other)
    }
    parts.push(part)
  }
  return parts
}
