import { randomFrom } from '../../measure/index.ts'

const draws = 2_000

/** A part of a line of builds, each one value. */
export interface LinePart {
  readonly line: readonly number[]
  readonly from: number
  readonly to: number
  /** Where the line is known to change: places of the first builds after it. */
  readonly changes: readonly number[]
}

/**
 * The chance that builds which do not differ would be, at some boundary of a part so long, as far apart as these are at the
 * boundary before `at`: by the difference of the means before and after, over what builds differ by themselves, which the
 * differences of neighbours tell (von Neumann, Ann. Math. Stat. 12, 1941) but for those across a change. The largest over all
 * boundaries that lines of normal noise have is drawn 2 000 times, from a seed; with a plain deviation it is Worsley's test
 * (J. Am. Stat. Assoc. 74, 1979). Undefined where a build is infinite.
 *
 * Runs of one night have the machine's mood of that night in common: judged over runs alone, a mood is taken for a change.
 */
export function chanceApart(part: LinePart, at: number): number | undefined {
  if (!part.line.every(Number.isFinite)) return undefined
  const seen = distances(part)[at - part.from - 1]!
  const largest = largestOfNoise(part.to - part.from, part.line.length)
  return (1 + largest.filter((distance) => distance >= seen).length) / (1 + largest.length)
}

/** At each boundary of the part, how many standard errors its two sides are apart. */
function distances({ line, from, to, changes }: LinePart): number[] {
  const steps = line.slice(1).map((value, index) => (changes.includes(index + 1) ? 0 : (value - line[index]!) ** 2))
  const squares = steps.reduce((a, b) => a + b, 0)
  const counted = steps.length - changes.length
  const sum = line.slice(from, to).reduce((a, b) => a + b, 0)
  let before = 0
  return line.slice(from, to - 1).map((value, index) => {
    before += value
    const [n, m] = [index + 1, to - from - index - 1]
    const apart = Math.abs(before / n - (sum - before) / m)
    const variance = Math.max(0, squares - steps[from + index]!) / (2 * (counted - 1))
    return apart === 0 ? 0 : apart / Math.sqrt(variance * (1 / n + 1 / m))
  })
}

const known = new Map<string, readonly number[]>()

function largestOfNoise(length: number, of: number): readonly number[] {
  const key = `${length} ${of}`
  const found = known.get(key)
  if (found) return found
  const random = randomFrom(of)
  // Box and Muller's.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const largest = Array.from({ length: draws }, () => {
    const line = Array.from({ length: of }, normal)
    return Math.max(...distances({ line, from: 0, to: length, changes: [] }))
  })
  known.set(key, largest)
  return largest
}
