/** Where a percentile stands on an axis on which each nine takes the same width. */
export function ninesOf(share: number): number {
  return -Math.log10(1 - share)
}

export function shareOf(nines: number): number {
  return 1 - 10 ** -nines
}
