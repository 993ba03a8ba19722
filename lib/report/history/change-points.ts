import { randomFrom } from '../../measure/index.ts'
import { median } from '../compare/shift.ts'
import { chanceApart, type LinePart } from './builds-apart.ts'
import { boundaries, energyAtBoundaries } from './energy.ts'

/** A build from which on runs are different. */
export interface ChangePoint {
  /** Index of the first build after the change. */
  readonly at: number
  /** The chance of a change as clear as this among runs that do not differ. */
  readonly p: number
}

/** From so many builds on it is known how much builds differ by themselves, and a change must be more than that. */
const leastBuilds = 8
const leastPermutations = 1_999
const seed = 1

/**
 * Where a line of builds changes: E-divisive (Matteson and James, J. Am. Stat. Assoc. 109, 2014), as MongoDB (Daly et al.,
 * ICPE 2020) and Hunter (Fleming et al., ICPE 2023) use it on builds, with what few builds of several runs need:
 *
 * - Each run is a value and a change lies between builds. Ranks instead of values: one run that went wrong can't make a change.
 * - The boundary that divides best is a change if at most `alpha` of the seeded ways to deal the runs to the builds divide as
 *   well anywhere; both parts are then looked at in the same way. So few runs that no dealing is that rare show no change.
 * - From eight builds on, the builds must be apart too, each as one value: {@link chanceApart}.
 *
 * @param builds the runs of each build, in order, at least one each; infinite is worse than all else
 * @returns in order; the chance of any where there is no change is at most `alpha`
 */
export function changePoints(builds: readonly (readonly number[])[], alpha: number): ChangePoint[] {
  const line = builds.map(median)
  const found: ChangePoint[] = []
  const divide = (from: number, to: number): void => {
    if (to - from < 2) return
    const runs = dealOf(builds.slice(from, to))
    const energies = energyAtBoundaries(runs.ranks, runs.sizes, runs.highest)
    const most = Math.max(...energies)
    const at = from + energies.indexOf(most) + 1
    const apart = chanceOfBuilds({ line, from, to, changes: found.map((change) => change.at) }, at)
    if (apart > alpha) return
    const p = chanceOfRuns(most, runs, alpha)
    if (p === undefined) return
    found.push({ at, p: Math.max(p, apart) })
    divide(from, at)
    divide(at, to)
  }
  divide(0, builds.length)
  return found.sort((a, b) => a.at - b.at)
}

function chanceOfBuilds(part: LinePart, at: number): number {
  return part.line.length < leastBuilds ? 0 : (chanceApart(part, at) ?? 0)
}

/** The runs of a part of the line, by rank, and how many each build has. */
interface Deal {
  readonly ranks: readonly number[]
  readonly sizes: readonly number[]
  readonly highest: number
}

function dealOf(builds: readonly (readonly number[])[]): Deal {
  const ranks = ranksOf(builds.flat())
  return { ranks, sizes: builds.map(({ length }) => length), highest: 2 * ranks.length }
}

/** How often runs dealt at random to the builds divide as well; undefined as soon as that is more often than `alpha`. */
function chanceOfRuns(most: number, { ranks, sizes, highest }: Deal, alpha: number): number | undefined {
  const permutations = Math.max(leastPermutations, Math.ceil(20 / alpha))
  // Rounding must not tell apart what is alike.
  const asGood = most * (1 - 1e-9)
  const random = randomFrom(seed)
  const dealt = [...ranks]
  let asWell = 1
  for (let count = 0; count < permutations; count += 1) {
    shuffle(dealt, random)
    if (Math.max(...energyAtBoundaries(dealt, sizes, highest)) >= asGood) asWell += 1
    if (asWell > alpha * (permutations + 1)) return undefined
  }
  return asWell / (permutations + 1)
}

/** Twice the mean rank of each value, so that it is whole where values are alike: 2 to twice as many as there are. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => compared(values[a]!, values[b]!))
  const ranks = new Array<number>(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1
    for (const index of order.slice(start, end)) ranks[index] = start + 1 + end
    start = end
  }
  return ranks
}

function compared(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Fisher and Yates's. */
function shuffle(values: number[], random: () => number): void {
  for (let left = values.length; left > 1; left -= 1) {
    const other = Math.floor(random() * left)
    ;[values[left - 1], values[other]] = [values[other]!, values[left - 1]!]
  }
}

/** Can runs so few, whatever they are, show a change at `alpha`? There must be rarer ways to deal them than that. */
export function canShow(sizes: readonly number[], alpha: number): boolean {
  const runs = sizes.reduce((a, b) => a + b, 0)
  return boundaries(sizes).some((before) => 2 / waysToChoose(runs, before) <= alpha)
}

function waysToChoose(count: number, chosen: number): number {
  let ways = 1
  for (let index = 1; index <= chosen; index += 1) ways *= (count - chosen + index) / index
  return ways
}
