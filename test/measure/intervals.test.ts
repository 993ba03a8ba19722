import test from 'ava'
import { Intervals, maxIntervals } from '../../lib/measure/index.ts'

const add = (intervals: Intervals<number>, at: number, by: number) => intervals.update(at, (sum) => (sum ?? 0) + by)

test('cells of a second, gaps between them, and what is before zero in the first', (t) => {
  const intervals = new Intervals<number>((first, second) => first + second)
  add(intervals, -5, 1)
  add(intervals, 999, 2)
  t.is(add(intervals, 3_000, 4), 4)
  t.deepEqual(intervals.cells, [3, undefined, undefined, 4])
  t.is(intervals.intervalMs, 1_000)
})

test('too many are merged in twos, as often as it takes, and nothing is lost', (t) => {
  const intervals = new Intervals<number>((first, second) => first + second)
  for (const second of [0, 1, 2, 5]) add(intervals, second * 1_000, 1)
  add(intervals, maxIntervals * 1_000, 1)
  t.is(intervals.intervalMs, 2_000)
  t.deepEqual(intervals.cells.slice(0, 4), [2, 1, 1, undefined])
  t.is(intervals.cells.length, maxIntervals / 2 + 1)
  add(intervals, 100 * maxIntervals * 1_000, 1)
  t.is(intervals.intervalMs, 128_000)
  t.true(intervals.cells.length <= maxIntervals)
  t.is(
    intervals.cells.reduce<number>((sum, cell) => sum + (cell ?? 0), 0),
    6,
  )
})
