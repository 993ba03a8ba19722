/**
 * How far what is before each boundary is from what is after it: the energy statistic nm/(n+m)·(2·A − B − C), with A the mean
 * distance between a value before and one after, B and C the mean distances among those before and among those after
 * (Székely and Rizzo, "Energy statistics", J. Stat. Plan. Inference 143, 2013; E-divisive's with exponent 1). One entry for
 * each size but the last; time R·log R for R values.
 *
 * @param ranks of the values in order, whole numbers from 1 to `highest`
 * @param sizes how many of the values each group holds, in order
 */
export function energyAtBoundaries(ranks: readonly number[], sizes: readonly number[], highest: number): number[] {
  const ends = boundaries(sizes)
  const before = distancesWithin(ranks, ends, highest)
  const starts = ends.map((end) => ranks.length - end).reverse()
  const after = distancesWithin(ranks.toReversed(), starts, highest)
  const all = before.pop()!
  after.pop()
  after.reverse()
  return ends.map((n, index) => {
    const m = ranks.length - n
    const [left, right] = [before[index]!, after[index]!]
    const across = all - left - right
    return ((n * m) / (n + m)) * ((2 * across) / (n * m) - (2 * left) / n ** 2 - (2 * right) / m ** 2)
  })
}

/** Places of the values between which a new group begins. */
export function boundaries(sizes: readonly number[]): number[] {
  let end = 0
  return sizes.slice(0, -1).map((size) => {
    end += size
    return end
  })
}

/** Sums of the distances of all pairs among the first so many values, and at last among all. */
function distancesWithin(ranks: readonly number[], ends: readonly number[], highest: number): number[] {
  const counts = new PrefixSums(highest)
  const sums = new PrefixSums(highest)
  const found: number[] = []
  let [distances, total, next] = [0, 0, 0]
  for (const [index, rank] of ranks.entries()) {
    const [below, sumBelow] = [counts.upTo(rank), sums.upTo(rank)]
    distances += rank * below - sumBelow + (total - sumBelow) - rank * (index - below)
    counts.add(rank, 1)
    sums.add(rank, rank)
    total += rank
    if (index + 1 === ends[next]) {
      found.push(distances)
      next += 1
    }
  }
  return [...found, distances]
}

/** Sums up to a place, each in the logarithm of how many places there are (Fenwick, Softw. Pract. Exp. 24, 1994). */
class PrefixSums {
  readonly #tree: Float64Array

  constructor(highest: number) {
    this.#tree = new Float64Array(highest + 1)
  }

  add(place: number, amount: number): void {
    for (let at = place; at < this.#tree.length; at += at & -at) this.#tree[at]! += amount
  }

  upTo(place: number): number {
    let sum = 0
    for (let at = place; at > 0; at -= at & -at) sum += this.#tree[at]!
    return sum
  }
}
