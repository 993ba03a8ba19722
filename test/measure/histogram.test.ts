import test from 'ava'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import {
  addPairs,
  decodeHistogram,
  encodeHistogram,
  mergePairs,
  newHistogram,
  summaryPercentiles,
  supports,
  valueInPairs,
} from '../../lib/measure/index.ts'

test('an encoded histogram is read back, by us and by hdr-histogram-js itself', (t) => {
  const histogram = newHistogram()
  for (const value of [1, 2_500, 2_500, 70_000, 4_000_000_000]) histogram.recordValue(value)
  const text = encodeHistogram(histogram)
  for (const read of [decodeHistogram(text), decodeFromCompressedBase64(text)]) {
    t.is(read.totalCount, 5)
    t.is(read.getValueAtPercentile(50), histogram.getValueAtPercentile(50))
  }
})

test('a percentile needs a sample beyond it', (t) => {
  t.true(supports(100, 0.99))
  t.false(supports(99, 0.99))
  t.true(supports(10_000, 0.9999))
  t.false(supports(9_999, 0.9999))
})

test('a summary leaves out percentiles it has too few samples for, and never exceeds the maximum', (t) => {
  const histogram = newHistogram()
  for (let value = 0; value < 150; value += 1) histogram.recordValue(1_000_447)
  const summary = summaryPercentiles(histogram, 1_000_447, 1_000)
  t.deepEqual(Object.keys(summary), ['p50', 'p75', 'p90', 'p95', 'p99'])
  t.is(summary.p99, 1_000.447)
})

test('pairs merge by value and answer percentiles', (t) => {
  const merged = mergePairs([Uint32Array.of(5, 1, 1, 2), Uint32Array.of(5, 3, 9, 1)])
  t.deepEqual([...merged], [1, 2, 5, 4, 9, 1])
  t.is(valueInPairs([merged], 0.5), 5)
  t.is(valueInPairs([merged], 1), 9)
  t.is(valueInPairs([], 0.5), undefined)
  const histogram = newHistogram()
  addPairs(histogram, merged)
  t.is(histogram.totalCount, 7)
})
