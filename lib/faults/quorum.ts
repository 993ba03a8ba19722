import { type Fault, hasTarget, type Occurrence } from './fault.ts'
import { quorumOf, targetCount } from './target.ts'

/** A moment at which planned faults would leave too few nodes to agree. */
export interface QuorumLoss {
  /** The firings in force then, the one that tips it last. */
  readonly ids: readonly string[]
  readonly atMs: number
  readonly left: number
  readonly needed: number
}

/** Of a topology of regions: how many nodes each has, and whether all of them are one meta group. */
export interface RegionsOfQuorum {
  readonly sizes: Readonly<Record<string, number>>
  readonly agreeTogether: boolean
}

/**
 * The first firing of a phase that takes quorum away although neither it nor what is in force with it may. Counts the worst
 * case: faults in force at once hit different nodes.
 */
export function quorumLossIn(
  occurrences: readonly Occurrence[],
  phaseMs: number,
  nodes: number,
  regions: RegionsOfQuorum = { sizes: {}, agreeTogether: false },
): QuorumLoss | undefined {
  const needed = quorumOf(nodes)
  for (const tipping of occurrences.toSorted((a, b) => a.atMs - b.atMs)) {
    const inForce = occurrences.filter(
      (other) => other !== tipping && other.atMs <= tipping.atMs && endOf(other, phaseMs) > tipping.atMs,
    )
    const together = [...inForce, tipping].filter(({ fault }) => nodesTaken(fault, nodes, regions) > 0)
    const taken = together.reduce((sum, { fault }) => sum + nodesTaken(fault, nodes, regions), 0)
    const left = Math.max(0, nodes - taken)
    if (left >= needed || !together.includes(tipping) || together.some(({ fault }) => mayLoseQuorum(fault))) continue
    return { ids: together.map(({ id }) => id), atMs: tipping.atMs, left, needed }
  }
  return undefined
}

/** Nodes that a fault keeps from taking part, at most. */
function nodesTaken(fault: Fault, nodes: number, { sizes, agreeTogether }: RegionsOfQuorum): number {
  if (!hasTarget(fault)) return 0
  if (fault.target.kind === 'region') {
    // A region whose nodes agree among themselves alone goes on when it is cut off.
    const goesOn = fault.kind === 'partition' && !agreeTogether
    return goesOn ? 0 : (sizes[fault.target.name] ?? 0)
  }
  if (fault.kind !== 'partition') return targetCount(fault.target, nodes)
  // Every node of the ring hears a majority; whoever is not heard by one way still has the rest agree without it.
  if (fault.shape === 'majoritiesRing') return 0
  if (fault.shape === 'isolate' || fault.shape === 'oneWay' || fault.shape === 'apart')
    return targetCount(fault.target, nodes)
  return Math.floor(nodes / 2)
}

function mayLoseQuorum(fault: Fault): boolean {
  return hasTarget(fault) && fault.allowQuorumLoss
}

function endOf({ atMs, forMs }: Occurrence, phaseMs: number): number {
  return forMs === null ? phaseMs : atMs + forMs
}
