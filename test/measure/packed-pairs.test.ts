import test from 'ava'
import { mergePairs, randomFrom } from '../../lib/measure/index.ts'
import { packPairs, unpackPairs } from '../../lib/measure/packed-pairs.ts'

test('what was packed comes back sorted and whole, whatever the values and counts', (t) => {
  const random = randomFrom(7)
  for (let round = 0; round < 200; round += 1) {
    const pairs = Uint32Array.from({ length: 2 * Math.floor(random() * 300) }, (_, index) =>
      index % 2 === 0
        ? Math.floor(random() * 2 ** (1 + 31 * random()))
        : 1 + Math.floor(random() * 2 ** (20 * random())),
    )
    t.deepEqual(unpackPairs(packPairs(pairs)), mergePairs([pairs]))
  }
})

test('the largest of numbers, and none', (t) => {
  const largest = Uint32Array.from([0, 1, 2 ** 32 - 1, 2 ** 32 - 1])
  t.deepEqual(unpackPairs(packPairs(largest)), largest)
  t.is(packPairs(new Uint32Array()).length, 0)
})

test('a second of a steady latency takes a third of what it took', (t) => {
  const pairs = Uint32Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 1_000 + index * 3 : 1))
  t.true(packPairs(pairs).byteLength * 3 < pairs.byteLength)
})
