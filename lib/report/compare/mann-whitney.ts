/**
 * P(U ≤ u) for u = 0 … n·m, where U counts the pairs (x, y) with y below x when both sides are drawn from one continuous
 * distribution. By the recurrence of Mann and Whitney (Ann. Math. Stat. 18, 1947): the largest of all values is one of x or
 * one of y. Exact to rounding, for any n, m ≥ 1; time n²m².
 */
export function nullDistribution(n: number, m: number): readonly number[] {
  const key = `${n} ${m}`
  const known = distributions.get(key)
  if (known) return known
  let above: Float64Array[] = []
  for (let i = 0; i <= n; i += 1) {
    const row: Float64Array[] = []
    for (let j = 0; j <= m; j += 1) {
      const chances = new Float64Array(i * j + 1)
      if (i === 0 || j === 0) chances[0] = 1
      else {
        const byX = above[j]!
        const byY = row[j - 1]!
        for (let u = 0; u <= i * j; u += 1) {
          chances[u] = ((u >= j ? byX[u - j]! : 0) * i + (byY[u] ?? 0) * j) / (i + j)
        }
      }
      row.push(chances)
    }
    above = row
  }
  let sum = 0
  const cumulative = [...above[m]!].map((chance) => {
    sum += chance
    return Math.min(1, sum)
  })
  distributions.set(key, cumulative)
  return cumulative
}

const distributions = new Map<string, readonly number[]>()

/** The least that a two-sided p can be with n and m runs: whatever the difference, less is never shown. */
export function leastP(n: number, m: number): number {
  return Math.min(1, 2 * nullDistribution(n, m)[0]!)
}
