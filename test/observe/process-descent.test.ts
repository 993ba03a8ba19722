import test from 'ava'
import { type Sighting, treeOf } from '../../lib/observe/process-descent.ts'

const runner = 10
const init = 1

/** Those that were seen, as `[pid, parent]`, each in a session of its own and older than the next one. */
function treesOf(
  seen: readonly (readonly [pid: number, parent: number, more?: Partial<Sighting>])[],
  members: ReadonlyMap<number, string> = new Map(),
): Record<number, string | undefined> {
  const sightings = new Map(
    seen.map(([pid, parent, more], index) => {
      const sighting = { pid, parent, session: pid, startTicks: index, marked: undefined, ...more }
      return [pid, sighting] satisfies [number, Sighting]
    }),
  )
  const roots = new Map([
    [20, 'a-1'],
    [30, 'a-2'],
  ])
  const kinship = { sightings, roots, members, runner }
  return Object.fromEntries([...sightings.values()].map((sighting) => [sighting.pid, treeOf(sighting, kinship)]))
}

test('a descendant is of its ancestor, however far and in whatever session', (t) => {
  const trees = treesOf([
    [init, 0],
    [runner, init],
    [20, runner],
    [30, runner],
    [21, 20],
    [22, 21],
    [31, 30],
    [40, init],
    [41, 40],
  ])
  t.deepEqual(trees, {
    [init]: undefined,
    [runner]: undefined,
    20: 'a-1',
    30: 'a-2',
    21: 'a-1',
    22: 'a-1',
    31: 'a-2',
    40: undefined,
    41: undefined,
  })
})

test('an orphan is known by its session, by what it was before, or by its mark, and so are its children', (t) => {
  const trees = treesOf(
    [
      [init, 0],
      [50, init, { session: 20 }],
      [60, init],
      [61, 60],
      [70, init, { marked: 'a-2' }],
      [71, 70, { marked: 'a-2' }],
      [80, 79, { marked: 'a-1' }],
    ],
    new Map([
      [60, 'a-1'],
      [70, 'a-2'],
    ]),
  )
  t.like(trees, { 50: 'a-1', 60: 'a-1', 61: 'a-1', 70: 'a-2', 71: 'a-2', 80: 'a-1' })
})

test('what the runner started beside the trees is in none, marked or not', (t) => {
  const trees = treesOf([
    [runner, init],
    [90, runner, { marked: 'a-1' }],
    [91, 90, { marked: 'a-1' }],
    [92, runner],
  ])
  t.like(trees, { 90: undefined, 91: undefined, 92: undefined })
})

test('a younger process that has the number of a parent is not the parent', (t) => {
  const trees = treesOf([
    [51, 21],
    [20, runner],
    [21, 20],
  ])
  t.like(trees, { 51: undefined, 21: 'a-1' })
})
