/** Major, minor, patch; a pre-release counts as the release it leads to, parts that are not numbers as 0. */
function numbers(version: string): number[] {
  const [, major, minor, patch] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? []
  return [major, minor, patch].map((part) => Number(part ?? 0))
}

/** Negative when `a` is the older, positive when it is the newer, 0 when they are the same release. */
export function compareVersions(a: string, b: string): number {
  const theirs = numbers(b)
  const differing = numbers(a).map((part, i) => part - (theirs[i] ?? 0))
  return differing.find((difference) => difference !== 0) ?? 0
}
