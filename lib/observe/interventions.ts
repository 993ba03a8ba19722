import type { Outages } from './history.ts'
import type { Span } from './spans.ts'

/** A group had no quorum, and could not have got it back by itself: too few of the nodes were up. */
export interface Intervention extends Span {
  /** `_meta_` or a stream's name. */
  readonly group: string
  /** Nodes that were down meanwhile; empty where all answered and did not reach each other. */
  readonly down: readonly string[]
  /** A sentence. */
  readonly whatToDo: string
}

/**
 * The times without quorum that needed somebody: an election ends by itself, a majority that is down does not come back, and
 * what had not ended when it was looked at last had not ended by itself either.
 */
export function interventionsIn(
  quorum: Readonly<Record<string, Outages>>,
  availability: Readonly<Record<string, Outages>>,
): Intervention[] {
  const nodes = Object.entries(availability)
  const most = nodes.length - (Math.floor(nodes.length / 2) + 1)
  return Object.entries(quorum).flatMap(([group, { spans }]) =>
    spans.flatMap((span): Intervention[] => {
      const down = nodes
        .filter(([, outages]) => outages.spans.some((other) => overlap(span, other)))
        .map(([name]) => name)
      if (span.to !== undefined && down.length <= most) return []
      const whatToDo =
        down.length > 0
          ? `start ${down.join(', ')} until more than half of the group's peers answer`
          : 'all nodes answer, so look at the routes between them'
      return [{ group, ...span, down, whatToDo }]
    }),
  )
}

function overlap(a: Span, b: Span): boolean {
  return a.from < (b.to ?? Number.POSITIVE_INFINITY) && b.from < (a.to ?? Number.POSITIVE_INFINITY)
}
