import test from 'ava'
import { type Histogram, JsHistogram } from 'hdr-histogram-js'
import { encodedBuckets } from '../../lib/measure/encoded-buckets.ts'
import { decodeHistogram, encodeHistogram, newHistogram } from '../../lib/measure/index.ts'

test('the buckets of an encoded histogram are those of the histogram', (t) => {
  const histogram = newHistogram()
  for (const value of [0, 1, 2, 1_023, 1_024, 2_047, 2_048, 2_049, 4_095, 4_096, 70_001, 9_999_999, 60_000_000]) {
    histogram.recordValueWithCount(value, 1 + (value % 300_000))
  }
  const encoded = encodeHistogram(histogram)
  const expected = [...walked(decodeHistogram(encoded))]
  t.true(expected.length > 10)
  t.deepEqual(encodedBuckets(encoded), expected)
  t.deepEqual(encodedBuckets(encodeHistogram(newHistogram())), [])
})

/** The same by HdrHistogram's own iterator. */
function* walked(histogram: Histogram): Generator<{ readonly value: number; readonly count: number }> {
  if (!(histogram instanceof JsHistogram)) throw new TypeError('only histograms made by newHistogram() can be walked')
  const iterator = histogram.recordedValuesIterator
  iterator.reset()
  while (iterator.hasNext()) {
    const { valueIteratedTo: value, countAddedInThisIterationStep: count } = iterator.next()
    yield { value, count }
  }
}
