import test from 'ava'
import { exponential } from '../../lib/otlp/exponential.ts'

/** Edges of a bucket by the data model: base^i is not in it, base^(i+1) is. */
const edges = (index: number, scale: number): [number, number] => {
  const base = 2 ** (2 ** -scale)
  return [base ** index, base ** (index + 1)]
}

test('each sample is in the bucket that has its value', (t) => {
  for (const value of [1e-6, 0.00035, 0.5, 1, 1.5, 2, 1024, 3_600]) {
    const { scale, offset, bucketCounts } = exponential([{ value, count: 3 }])
    t.deepEqual(bucketCounts, [3], `${value}`)
    const [low, high] = edges(offset, scale)
    t.true(low < value * (1 + 1e-9) && value <= high * (1 + 1e-9), `${low} < ${value} ≤ ${high}`)
  }
})

test('an edge belongs to the bucket below it', (t) => {
  const { scale, offset, bucketCounts } = exponential([
    { value: 1, count: 1 },
    { value: 2 ** 200, count: 1 },
  ])
  t.is(scale, -1)
  t.is(offset, -1)
  t.is(bucketCounts.length, 101)
})

test('as fine as 160 buckets can be for the range, and never more of them', (t) => {
  const wide = exponential([
    { value: 1e-6, count: 1 },
    { value: 10, count: 1 },
  ])
  t.is(wide.scale, 2)
  t.true(wide.bucketCounts.length <= 160)
  const narrow = exponential([
    { value: 0.001, count: 5 },
    { value: 0.0011, count: 7 },
  ])
  t.is(narrow.scale, 10)
  t.is(narrow.bucketCounts.at(0), 5)
  t.is(narrow.bucketCounts.at(-1), 7)
})

test('zeros have no bucket, and are counted', (t) => {
  t.deepEqual(exponential([{ value: 0, count: 4 }]), { scale: 0, zeroCount: 4, offset: 0, bucketCounts: [] })
  t.is(
    exponential([
      { value: 0, count: 4 },
      { value: 3, count: 1 },
    ]).zeroCount,
    4,
  )
  t.deepEqual(exponential([]).bucketCounts, [])
})
