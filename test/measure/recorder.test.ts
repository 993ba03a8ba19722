import test from 'ava'
import { addPairs, newHistogram, Recorder, valueAt } from '../../lib/measure/index.ts'
import { randomFrom } from '../../lib/measure/random.ts'

const shares = [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]

/** Samples by shape of distribution, in microseconds. */
const shapes: Record<string, (random: () => number) => number> = {
  uniform: (random) => Math.floor(random() * 5_000_000),
  bimodal: (random) => (random() < 0.9 ? 300 + random() * 50 : 2_000_000 + random() * 1_000),
  'heavy tail': (random) => Math.min(4e9, 100 / (1 - random()) ** 1.2),
  constant: () => 51_234,
  small: (random) => Math.floor(random() * 3),
}

for (const [shape, draw] of Object.entries(shapes)) {
  for (const seed of [1, 2, 3]) {
    test(`percentiles equal a sorted array's within three digits: ${shape}, seed ${seed}`, (t) => {
      const random = randomFrom(seed)
      const recorder = new Recorder()
      const values = Array.from({ length: 20_000 }, () => Math.round(draw(random)))
      for (const value of values) recorder.record(value)
      const { pairs, min, max, sum } = recorder.drain()!
      const histogram = newHistogram()
      addPairs(histogram, pairs)
      const sorted = values.toSorted((a, b) => a - b)
      t.is(min, sorted[0]!)
      t.is(max, sorted.at(-1)!)
      t.is(
        sum,
        values.reduce((total, value) => total + value, 0),
      )
      t.is(histogram.totalCount, values.length)
      for (const share of shares) {
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
        const measured = valueAt(histogram, share, max)
        t.true(Math.abs(measured - exact) <= Math.max(1, exact / 1_000), `p${share * 100}: ${measured} for ${exact}`)
      }
    })
  }
}

test('every bucket lies where HdrHistogram puts it', (t) => {
  const random = randomFrom(7)
  for (let round = 0; round < 5_000; round += 1) {
    const value = Math.floor(2 ** (random() * 32))
    const recorder = new Recorder()
    recorder.record(value)
    const [lowest] = recorder.drain()!.pairs
    const oracle = newHistogram()
    oracle.recordValue(value)
    // The oracle's p100 is the top of the bucket; ours, recorded again, must fall into the same one.
    const ours = newHistogram()
    ours.recordValue(lowest!)
    t.is(ours.getValueAtPercentile(100), oracle.getValueAtPercentile(100), `value ${value}`)
  }
})

test('a drained recorder starts afresh', (t) => {
  const recorder = new Recorder()
  recorder.record(5)
  recorder.drain()
  t.is(recorder.drain(), undefined)
  recorder.record(9)
  t.deepEqual(recorder.drain(), { pairs: Uint32Array.of(9, 1), min: 9, max: 9, sum: 9 })
})

test('values out of range are in the first and the last bucket, NaN is refused', (t) => {
  const recorder = new Recorder()
  recorder.record(-3)
  recorder.record(1e12)
  const { pairs, min, max } = recorder.drain()!
  t.is(min, 0)
  t.is(max, 1e12)
  t.deepEqual([...pairs], [0, 1, 2 ** 32 - 2 ** 21, 1])
  t.throws(() => recorder.record(Number.NaN), { instanceOf: RangeError })
  t.true(recorder.isEmpty)
})
