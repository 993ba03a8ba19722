import type { Fault, Occurrence } from './fault.ts'
import { nodesTaken } from './nodes-taken.ts'
import type { QuorumGroup, Quorums } from './quorum-group.ts'
import { quorumOf } from './target.ts'

/** A moment at which planned faults would leave too few nodes to agree. */
export interface QuorumLoss {
  /** The firings in force then, the one that tips it last. */
  readonly ids: readonly string[]
  readonly atMs: number
  readonly group: QuorumGroup
  readonly left: number
  readonly needed: number
}

/**
 * The first firing of a phase that takes quorum away although neither it nor what is in force with it may. Counts the worst
 * case: faults in force at once hit different nodes, and of one group.
 */
export function quorumLossIn(
  occurrences: readonly Occurrence[],
  phaseMs: number,
  quorums: Quorums,
): QuorumLoss | undefined {
  for (const tipping of occurrences.toSorted((a, b) => a.atMs - b.atMs)) {
    const inForce = occurrences.filter(
      (other) => other !== tipping && other.atMs <= tipping.atMs && endOf(other, phaseMs) > tipping.atMs,
    )
    for (const group of quorums.groups) {
      const needed = quorumOf(group.nodes.length)
      const takenBy = ({ fault }: Occurrence) => nodesTaken(fault, group, quorums)
      const together = [...inForce, tipping].filter((occurrence) => takenBy(occurrence) > 0)
      const taken = together.reduce((sum, occurrence) => sum + takenBy(occurrence), 0)
      const left = Math.max(0, group.nodes.length - taken)
      if (left >= needed || !together.includes(tipping) || together.some(({ fault }) => mayLoseQuorum(fault))) continue
      return { ids: together.map(({ id }) => id), atMs: tipping.atMs, group, left, needed }
    }
  }
  return undefined
}

function mayLoseQuorum(fault: Fault): boolean {
  return 'allowQuorumLoss' in fault && fault.allowQuorumLoss
}

function endOf({ atMs, forMs }: Occurrence, phaseMs: number): number {
  return forMs === null ? phaseMs : atMs + forMs
}
