import type { ProcessStat } from './process-stat.ts'

/** A process as it was when it was first seen. */
export type Sighting = Pick<ProcessStat, 'pid' | 'startTicks' | 'parent' | 'session'> & {
  /** The tree whose mark it has in its environment. */
  readonly marked: string | undefined
}

/** What is known when it is asked whose a process is, by pid. */
export interface Kinship {
  readonly sightings: ReadonlyMap<number, Sighting>
  /** Trees by the pids of their first processes. */
  readonly roots: ReadonlyMap<number, string>
  /** Trees of the processes that were asked for before. */
  readonly members: ReadonlyMap<number, string>
  /** Who started the roots. */
  readonly runner: number
}

/**
 * The tree that a process is of: its ancestors' or its session's, or, when it has lost both (it was made a daemon), the one
 * whose mark it has. What the runner started beside the roots has the mark too, and is nobody's: a check of health, or the process
 * that is to take a root's place.
 */
export function treeOf(process: Sighting, { sightings, roots, members, runner }: Kinship): string | undefined {
  let at: Sighting | undefined = process
  while (at) {
    const tree = roots.get(at.pid) ?? members.get(at.pid) ?? roots.get(at.session)
    if (tree !== undefined) return tree
    if (at.parent === runner) return undefined
    const parent = sightings.get(at.parent)
    // Nobody is older than who started it: a younger one only has its number.
    at = parent && parent.startTicks <= at.startTicks ? parent : undefined
  }
  return process.marked
}
