import test from 'ava'
import { changePoints } from '../../../lib/report/history/change-points.ts'
import { boundaries, energyAtBoundaries } from '../../../lib/report/history/energy.ts'
import { levelsOf } from '../../../lib/report/history/shifts.ts'
import { draw, normals } from '../normals.ts'

interface Noise {
  readonly seed: number
  readonly builds: number
  readonly runs: number
  /** Run-to-run, of logarithms. */
  readonly sd?: number
  /** What the runs of one build have in common besides the build: the machine's mood of that night. */
  readonly mood?: number
  /** From which build on, and by how much. */
  readonly steps?: readonly (readonly [at: number, by: number])[]
}

function line({ seed, builds, runs, sd = 0.05, mood = 0, steps = [] }: Noise): number[][] {
  const next = normals(seed)
  return Array.from({ length: builds }, (_, build) => {
    const level = steps.reduce((sum, [at, by]) => sum + (build >= at ? by : 0), mood * next())
    return draw(runs, () => level + sd * next())
  })
}

const placesOf = (builds: readonly (readonly number[])[], alpha = 0.05) =>
  changePoints(builds, alpha).map(({ at }) => at)

test('the energy at each boundary is what its definition gives', (t) => {
  const next = normals(3)
  for (const sizes of [
    [3, 1, 4],
    [1, 1],
    [2, 5, 2, 3],
  ]) {
    const count = sizes.reduce((a, b) => a + b)
    const ranks = draw(count, () => 1 + Math.floor(Math.abs(next()) * 5))
    const energies = energyAtBoundaries(ranks, sizes, 100)
    const mean = (xs: readonly number[], ys: readonly number[]) =>
      xs.flatMap((x) => ys.map((y) => Math.abs(x - y))).reduce((a, b) => a + b) / (xs.length * ys.length)
    for (const [index, end] of boundaries(sizes).entries()) {
      const [left, right] = [ranks.slice(0, end), ranks.slice(end)]
      const [n, m] = [left.length, right.length]
      const expected = ((n * m) / (n + m)) * (2 * mean(left, right) - mean(left, left) - mean(right, right))
      t.true(Math.abs(energies[index]! - expected) < 1e-9, `${sizes} ${index}: ${energies[index]} ${expected}`)
    }
  }
})

test('known changes are found where they are, and nothing else', (t) => {
  t.deepEqual(placesOf(line({ seed: 1, builds: 20, runs: 4, steps: [[12, 0.2]] })), [12])
  t.deepEqual(
    placesOf(
      line({
        seed: 2,
        builds: 24,
        runs: 3,
        steps: [
          [8, 0.3],
          [16, -0.3],
        ],
      }),
    ),
    [8, 16],
  )
  // One run a build, as a nightly has.
  t.deepEqual(placesOf(line({ seed: 3, builds: 30, runs: 1, steps: [[20, 0.3]] })), [20])
  // The newest build alone.
  t.deepEqual(placesOf(line({ seed: 4, builds: 15, runs: 4, steps: [[14, 0.4]] })), [14])
  t.deepEqual(placesOf(line({ seed: 5, builds: 20, runs: 4 })), [])
  t.deepEqual(placesOf(Array.from({ length: 10 }, () => [1, 1, 1])), [])
})

test('few builds of several runs can show a change; so few runs that chance does as much can not', (t) => {
  t.deepEqual(placesOf(line({ seed: 1, builds: 2, runs: 8, steps: [[1, 0.3]] })), [1])
  t.deepEqual(placesOf(line({ seed: 2, builds: 4, runs: 4, steps: [[3, 0.4]] })), [3])
  t.deepEqual(
    placesOf([
      [1, 1.1, 1.2],
      [5, 5.1, 5.2],
    ]),
    [],
    'of 20 ways to deal six runs, two are as clear',
  )
  t.deepEqual(placesOf([[1], [1.1], [1.2], [9]]), [])
  t.deepEqual(placesOf([[1]]), [])
})

test('a run that went wrong makes no change, runs that never came do', (t) => {
  const builds = line({ seed: 6, builds: 12, runs: 4 })
  const odd = builds.map((runs, build) => (build === 7 ? [...runs.slice(1), 50] : runs))
  t.deepEqual(placesOf(odd), [])
  const never = builds.map((runs, build) => (build >= 9 ? runs.map(() => Number.POSITIVE_INFINITY) : runs))
  t.deepEqual(placesOf(never), [9])
})

test('the same runs give the same answer', (t) => {
  const builds = line({ seed: 7, builds: 16, runs: 3, steps: [[9, 0.1]] })
  t.deepEqual(changePoints(builds, 0.05), changePoints(builds, 0.05))
})

/** In how many of so many seeded lines any change is found. */
function share(lines: number, noise: Omit<Noise, 'seed'>, isFound: (places: readonly number[]) => boolean): number {
  let found = 0
  for (let seed = 0; seed < lines; seed += 1)
    if (isFound(placesOf(line({ ...noise, seed: 77_000 + seed * 7_919 })))) found += 1
  return found / lines
}

test('A/A: at most one history in twenty has any change, with few builds and many, also when nights have moods', (t) => {
  const kinds = [
    { builds: 3, runs: 6 },
    { builds: 7, runs: 4 },
    { builds: 8, runs: 3 },
    { builds: 30, runs: 1 },
    { builds: 12, runs: 4, mood: 0.05 },
    { builds: 20, runs: 6, mood: 0.03 },
  ]
  for (const kind of kinds) {
    const any = share(400, kind, (places) => places.length > 0)
    t.log(`${JSON.stringify(kind)}: ${(any * 100).toFixed(1)} % have a false change`)
    // 5 %, and three standard deviations of 400 lines.
    t.true(any <= 0.083, JSON.stringify(kind))
  }
})

test('a change by 10 % under 5 % run-to-run noise is found at its build, or the one beside it', (t) => {
  for (const kind of [
    { builds: 6, runs: 6, steps: [[3, Math.log(1.1)]] },
    { builds: 20, runs: 3, steps: [[12, Math.log(1.1)]] },
  ] as const) {
    const found = share(200, kind, (places) => places.some((at) => Math.abs(at - kind.steps[0][0]) <= 1))
    t.log(`${kind.builds} builds of ${kind.runs} runs: found in ${(found * 100).toFixed(1)} %`)
    t.true(found >= 0.8)
  }
})

test('a change that is too small joins what it parted, and the others are measured again', (t) => {
  const builds = [
    [0, 0],
    [0, 0],
    [0.03, 0.03],
    [0.03, 0.03],
    [0.33, 0.33],
  ]
  const points = [
    { at: 2, p: 0.01 },
    { at: 4, p: 0.02 },
  ]
  const [only, ...others] = levelsOf(builds, points, 0.05)
  t.deepEqual(others, [])
  t.is(only!.at, 4)
  t.true(Math.abs(only!.shift - 0.315) < 1e-9)
  t.is(levelsOf(builds, points, 0).length, 2)
})
