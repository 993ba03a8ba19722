/** The values in random order; `random` is uniform in [0, 1). */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const left = [...values]
  return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!)
}
