/** Every two regions, as `['a', 'b']`; linked or not. */
export function pairsOf(names: readonly string[]): (readonly [string, string])[] {
  return names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const))
}

/** How two regions are named together: `a-b`. */
export function betweenOf([one, other]: readonly [string, string]): string {
  return `${one}-${other}`
}
