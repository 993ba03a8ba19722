import { difference, median } from '../compare/shift.ts'
import type { ChangePoint } from './change-points.ts'

/** A change and how large it is: what is after it, up to the next one, against what is before it, from the last one. */
export interface LineChange extends ChangePoint {
  /** Hodges and Lehmann's, on the scale of the values. */
  readonly shift: number
}

/** The changes by at least `least`. Of several that are too small the smallest goes first: what it parted becomes one. */
export function levelsOf(
  builds: readonly (readonly number[])[],
  points: readonly ChangePoint[],
  least: number,
): LineChange[] {
  let left = points
  for (;;) {
    const edges = [0, ...left.map(({ at }) => at), builds.length]
    const levels = edges.slice(1).map((to, index) => builds.slice(edges[index], to).flat())
    const changes = left.map((point, index) => ({ ...point, shift: shiftOf(levels[index]!, levels[index + 1]!) }))
    const [smallest] = changes.toSorted((a, b) => Math.abs(a.shift) - Math.abs(b.shift))
    if (!smallest || Math.abs(smallest.shift) >= least) return changes
    left = left.filter(({ at }) => at !== smallest.at)
  }
}

function shiftOf(before: readonly number[], after: readonly number[]): number {
  return median(after.flatMap((y) => before.map((x) => difference(y, x))))
}
