/** To four significant digits, so that a page does not carry digits that a chart can't show. */
export function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(4))
}

/** Milliseconds as seconds, to a millisecond. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1_000
}
