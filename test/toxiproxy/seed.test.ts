import test from 'ava'
import { seeded } from '../../toxiproxy/seed.ts'

const take = (count: number, random: () => number) => Array.from({ length: count }, random)

test('the same seed and keys give the same numbers, any other give others', (t) => {
  const numbers = take(10, seeded(1, 'a', 2))
  t.deepEqual(take(10, seeded(1, 'a', 2)), numbers)
  for (const other of [seeded(2, 'a', 2), seeded(1, 'b', 2), seeded(1, 'a', 3), seeded(1, 'a', '2'), seeded(1, 'a2')]) {
    t.notDeepEqual(take(10, other), numbers)
  }
})

test('numbers are uniform over one stream and over the first of many', (t) => {
  const streams = { one: take(20_000, seeded(1)), firsts: take(20_000, () => 0).map((_, key) => seeded(1, 'p', key)()) }
  for (const [name, numbers] of Object.entries(streams)) {
    const buckets = new Array<number>(10).fill(0)
    for (const number of numbers) buckets[Math.floor(number * 10)]!++
    // Ten buckets of 2000, standard deviation about 42.
    for (const count of buckets) t.true(Math.abs(count - 2000) < 250, `${name}: ${buckets}`)
    t.true(numbers.every((number) => number >= 0 && number < 1))
  }
})
