/** P(Z ≤ z) of a standard normal Z, to 1e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17). */
export function normalChance(z: number): number {
  if (z === Number.POSITIVE_INFINITY) return 1
  if (z < 0) return 1 - normalChance(-z)
  const t = 1 / (1 + 0.2316419 * z)
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum
}

/** The z ≥ 0 that |Z| exceeds with chance `p`, to 1e-6: 1.96 of 0.05. */
export function normalBeyond(p: number): number {
  let [low, high] = [0, 6]
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (2 * (1 - normalChance(middle)) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
