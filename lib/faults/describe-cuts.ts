import type { RegionShape } from '../topology/index.ts'
import type { Cut } from './partition.ts'

/** {@link describeNodeCuts}, by the names of regions where whole regions are apart: `b | a, c`. */
export function describeCuts(
  cuts: readonly Cut[],
  nodes: readonly string[],
  regions: readonly RegionShape[] = [],
): string {
  const count = (from: RegionShape, to: RegionShape) =>
    cuts.filter((cut) => from.nodes.includes(cut.from) && to.nodes.includes(cut.to)).length
  const pairs = regions.flatMap((from) => regions.map((to) => ({ from, to, count: count(from, to) })))
  const isWhole = pairs.every(({ from, to, count }) => count === 0 || count === from.nodes.length * to.nodes.length)
  if (!isWhole || cuts.length === 0 || regions.length === 0) return describeNodeCuts(cuts, nodes)
  return describeNodeCuts(
    pairs.filter(({ count }) => count > 0).map(({ from, to }) => ({ from: from.name, to: to.name })),
    regions.map(({ name }) => name),
  )
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
  const apart = parts
    .toSorted((one, other) => one.length - other.length)
    .map((part) => part.join(', '))
    .join(' | ')
  if (between.length === 0) return apart
  return `${apart}, ${parts.length === 2 ? 'both' : 'all'} with ${between.join(', ')}`
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
