import test from 'ava'
import { encodedBuckets } from '../../lib/measure/encoded-buckets.ts'
import { decodeHistogram, encodeHistogram, newHistogram, recordedBuckets } from '../../lib/measure/index.ts'

test('the buckets of an encoded histogram are those of the histogram', (t) => {
  const histogram = newHistogram()
  for (const value of [0, 1, 2, 1_023, 1_024, 2_047, 2_048, 2_049, 4_095, 4_096, 70_001, 9_999_999, 60_000_000]) {
    histogram.recordValueWithCount(value, 1 + (value % 300_000))
  }
  const encoded = encodeHistogram(histogram)
  const expected = [...recordedBuckets(decodeHistogram(encoded))].map(({ value, count }) => ({ value, count }))
  t.true(expected.length > 10)
  t.deepEqual(encodedBuckets(encoded), expected)
  t.deepEqual(encodedBuckets(encodeHistogram(newHistogram())), [])
})
