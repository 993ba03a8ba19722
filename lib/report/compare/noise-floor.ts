import { difference, median } from './shift.ts'

/** Of more runs than this, as many of them in equal steps stand for all: 12 can be halved in 462 ways, 20 in 92 378. */
const most = 12

/**
 * What two groups of runs of one build, as large as `base` and `head`, differ by 19 times in 20: the 95th percentile of the
 * shifts (without sign) between the halves of each side, over every way to halve it. A half is smaller than a side, and its
 * shift larger by the square root of that; this is taken out. Undefined where no side can be halved.
 */
export function noiseFloor(base: readonly number[], head: readonly number[]): number | undefined {
  const shifts = [base, head].flatMap((runs) => shiftsOfHalves(thinned(runs), 1 / base.length + 1 / head.length))
  if (shifts.length === 0) return undefined
  shifts.sort((a, b) => a - b)
  return shifts[Math.ceil(0.95 * shifts.length) - 1]!
}

function thinned(runs: readonly number[]): readonly number[] {
  if (runs.length <= most) return runs
  return Array.from({ length: most }, (_, index) => runs[Math.floor((index * runs.length) / most)]!)
}

function shiftsOfHalves(runs: readonly number[], variance: number): number[] {
  const size = runs.length >> 1
  if (size < 2) return []
  const factor = Math.sqrt(variance / (1 / size + 1 / (runs.length - size)))
  const shifts: number[] = []
  // Of two equal halves, either may be called the first: it has the first run.
  const halves = runs.length % 2 === 0 ? choices(runs.length, size - 1, 1, [0]) : choices(runs.length, size)
  for (const half of halves) {
    const rest = runs.filter((_, index) => !half.includes(index))
    const differences = rest.flatMap((y) => half.map((index) => difference(y, runs[index]!)))
    shifts.push(Math.abs(median(differences)) * factor)
  }
  return shifts
}

/** Every choice of `size` more indexes from `from` to below `count`, rising. */
function* choices(count: number, size: number, from = 0, chosen: readonly number[] = []): Generator<readonly number[]> {
  if (size === 0) {
    yield chosen
    return
  }
  for (let next = from; next <= count - size; next += 1) yield* choices(count, size - 1, next + 1, [...chosen, next])
}
