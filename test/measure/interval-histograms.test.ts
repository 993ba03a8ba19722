import test from 'ava'
import {
  decodeHistogram,
  encodedBuckets,
  encodeIntervals,
  headlineTrends,
  highestValue,
  histogramBudget,
  TimelineBuilder,
} from '../../lib/measure/index.ts'
import { packPairs } from '../../lib/measure/packed-pairs.ts'

const cell = (value: number) => packPairs(Uint32Array.of(value, 1))
const countsOf = (encoded: readonly (string | null)[]) =>
  encoded.map((one) => (one === null ? null : decodeHistogram(one).totalCount))
const bytesOf = (columns: object) => JSON.stringify(columns).length
/** No distribution is wider, nor harder to deflate: each bucket that there is has samples, up to `most`. */
const everywhere = (most: number) => {
  const pairs: number[] = []
  // Three digits: 1,024 buckets for each doubling, from 2,048 on.
  for (let value = 1; value <= highestValue; value += 2 ** Math.max(0, Math.floor(Math.log2(value)) - 10)) {
    pairs.push(value, 1 + ((pairs.length * 2_654_435_761) % most))
  }
  return Uint32Array.from(pairs)
}

test('what fits is kept interval by interval', (t) => {
  const { merged, columns } = encodeIntervals({ a: [cell(1), undefined, cell(3)], b: [undefined, cell(2), undefined] })
  t.is(merged, 1)
  t.deepEqual(countsOf(columns.a!), [1, null, 1])
  t.deepEqual(countsOf(columns.b!), [null, 1, null])
  t.deepEqual(encodedBuckets(columns.a![2]!), [{ value: 3, count: 1 }])
  t.deepEqual(encodeIntervals({}), { merged: 1, columns: {} })
  t.deepEqual(encodeIntervals({ a: [] }, 0), { merged: 1, columns: { a: [] } })
})

test('what does not fit is merged in twos until it does: all trends alike, no sample lost or elsewhere', (t) => {
  const seconds = Array.from({ length: 21 }, (_, index) => (index % 5 === 4 ? undefined : cell(1 + index)))
  const gap = seconds.map((_, index) => (index < 12 ? undefined : cell(7)))
  const all = bytesOf(encodeIntervals({ seconds, gap }).columns)
  const { merged, columns } = encodeIntervals({ seconds, gap }, all / 2)
  t.is(merged, 4)
  t.true(bytesOf(columns) <= all / 2)
  t.deepEqual(countsOf(columns.seconds!), [4, 3, 3, 3, 3, 1])
  t.deepEqual(countsOf(columns.gap!), [null, null, null, 4, 4, 1])
  for (const [index, one] of columns.seconds!.entries()) {
    t.deepEqual(
      encodedBuckets(one!).map(({ value }) => value),
      [1, 2, 3, 4].map((step) => index * 4 + step).filter((value) => value <= 21 && value % 5 !== 0),
    )
  }
  t.is(encodeIntervals({ seconds, gap }, all).merged, 1)
  t.deepEqual(countsOf(encodeIntervals({ seconds, gap }, 1).columns.seconds!), [17], 'one is kept whatever it costs')
})

test('a timeline has its histograms merged, and all else second by second, when every bucket has samples', (t) => {
  const builder = new TimelineBuilder()
  const seconds = 41
  const pairs = everywhere(1e6)
  for (let from = 0; from < seconds * 1_000; from += 1_000) {
    for (const metric of headlineTrends)
      builder.addTrend({ from, to: from + 1_000 }, metric, 1_000, pairs, highestValue)
  }
  const { histogramMs, at, trends } = builder.build()
  t.is(at.length, seconds)
  t.is(histogramMs, 2_000)
  const whole = Object.values(trends).map(({ histograms }) => histograms!)
  t.true(bytesOf(whole) <= histogramBudget + 1e3)
  for (const { count, histograms } of Object.values(trends)) {
    t.is(histograms!.length, Math.ceil((seconds * 1_000) / histogramMs!))
    t.is(count.length, seconds)
    t.is(decodeHistogram(histograms![0]!).totalCount, count[0]! + count[1]!)
    t.is(decodeHistogram(histograms!.at(-1)!).totalCount, count.at(-1)!)
  }
  t.is(builder.build({ histograms: false }).histogramMs, undefined)
})

test('one histogram has 150 kB at most', (t) => {
  const { columns } = encodeIntervals({ a: [packPairs(everywhere(1e9))] })
  t.true(columns.a![0]!.length <= 150e3, `${columns.a![0]!.length} bytes`)
})
