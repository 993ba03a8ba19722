import type { GroupStatus } from './group-status.ts'

/** Another node became leader. */
export interface LeaderChange {
  /** A meta group's or a stream's name. */
  readonly group: string
  readonly from: string
  readonly to: string
  /** When it was first seen, monotonic milliseconds. */
  readonly at: number
}

/**
 * Compares a round's leaders with the last ones known, group by group, and keeps them in `known`. A leader that is lost
 * and comes back is no change: the time without it is a span without quorum.
 */
export function leaderChanges(
  known: Map<string, string>,
  statuses: readonly GroupStatus[],
  at: number,
): LeaderChange[] {
  return statuses.flatMap(({ group, leader }) => {
    if (leader === undefined) return []
    const from = known.get(group)
    known.set(group, leader)
    return from === undefined || from === leader ? [] : [{ group, from, to: leader, at }]
  })
}
