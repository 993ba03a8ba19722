import type { Occurrence } from '../../faults/index.ts'

/** One thing to do at a time, monotonic milliseconds. */
interface Action {
  readonly at: number
  /** Heals come before applies at the same moment, so that back-to-back faults do not overlap. */
  readonly kind: 'heal' | 'apply'
  readonly occurrence: Occurrence
}

/** A phase's faults as applies and heals in order of time. A fault without an end is healed at the phase's. */
export function actionsOf(faults: readonly Occurrence[], startsAt: number, endsAt: number): Action[] {
  const actions = faults.flatMap((occurrence): Action[] => {
    const at = startsAt + occurrence.atMs
    const until = occurrence.forMs === null ? endsAt : Math.min(endsAt, at + occurrence.forMs)
    return [
      { at, kind: 'apply', occurrence },
      { at: until, kind: 'heal', occurrence },
    ]
  })
  const rank = { heal: 0, apply: 1 }
  return actions.sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind])
}
