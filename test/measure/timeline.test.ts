import test from 'ava'
import { decodeHistogram, maxIntervals, TimelineBuilder } from '../../lib/measure/index.ts'

const second = (from: number) => ({ from, to: from + 1_000 })
const entry = (from: number, window = 'baseline', to = from + 50) => ({
  from,
  to,
  phase: 0,
  window,
  due: 10,
  started: 9,
  dropped: 1,
  inFlight: 3,
})

test('columns line up, with gaps where nothing was seen', (t) => {
  const builder = new TimelineBuilder()
  builder.add(entry(200))
  builder.add(entry(900, 'fault cut'))
  builder.addCounter({ from: 900, to: 950 }, 'publish_acked', 7)
  builder.addTrend({ from: 2_100, to: 2_900 }, 'publish_latency', 1_000, Uint32Array.of(1_000, 3, 50_000, 1), 50_020)
  const timeline = builder.build()
  t.is(timeline.intervalMs, 1_000)
  t.deepEqual(timeline.at, [0, 1_000, 2_000])
  t.deepEqual(timeline.due, [20, 0, 0])
  t.deepEqual(timeline.window, ['fault cut', 'baseline', 'baseline'])
  t.deepEqual(timeline.counters.publish_acked, [7, 0, 0])
  const latency = timeline.trends.publish_latency!
  t.deepEqual(latency.count, [0, 0, 4])
  t.deepEqual(latency.p50, [null, null, 1])
  t.deepEqual(latency.p99, [null, null, 50])
  t.deepEqual(latency.max, [null, null, 50.02])
  t.is(decodeHistogram(latency.histograms![2]!).totalCount, 4)
})

test('a run of any length keeps its timeline short and its sums whole', (t) => {
  const builder = new TimelineBuilder()
  const seconds = 3 * maxIntervals
  for (let at = 0; at < seconds * 1_000; at += 1_000) {
    builder.add(entry(at))
    builder.addCounter(second(at), 'publish_acked', 1)
    builder.addTrend(second(at), 'publish_latency', 1_000, Uint32Array.of(1_000, 1), 1_000)
  }
  const timeline = builder.build()
  t.is(timeline.intervalMs, 4_000)
  t.true(timeline.at.length <= maxIntervals)
  t.is(
    timeline.counters.publish_acked!.reduce((a, b) => a + b),
    seconds,
  )
  t.is(
    timeline.trends.publish_latency!.count.reduce((a, b) => a + b),
    seconds,
  )
})

/** `publish_acked` by second, 200 in each snapshot; every snapshot ends where the next begins. */
function ackedBySecond(...ends: readonly number[]): number[] {
  const builder = new TimelineBuilder()
  for (const [index, to] of ends.slice(1).entries()) {
    builder.add({ ...entry(ends[index]!), to })
    builder.addCounter({ from: ends[index]!, to }, 'publish_acked', 200)
  }
  const { counters, due } = builder.build()
  const sum = due.reduce((a, b) => a + b)
  if (sum !== 10 * (ends.length - 1)) throw new Error(`${due.join()} do not add up`)
  return counters.publish_acked!
}

test('a counter of fractions keeps its sum, over however many seconds', (t) => {
  const builder = new TimelineBuilder()
  for (const to of [1_000, 2_500, 3_500]) builder.addCounter({ from: 500, to }, 'hours', 0.25)
  t.is(
    builder.build().counters.hours!.reduce((a, b) => a + b),
    0.75,
  )
})

test('no second is empty that was not, wherever the snapshots are cut', (t) => {
  t.deepEqual(ackedBySecond(0, 1_000, 2_000, 3_000), [200, 200, 200])
  t.deepEqual(ackedBySecond(0, 1_000.3, 1_999.6, 3_000.2), [200, 200, 200], 'early and late timers')
  t.deepEqual(ackedBySecond(0, 1_001, 1_998, 3_001, 3_999), [200, 200, 200, 200], 'two begin in one second')
  t.deepEqual(ackedBySecond(0, 500, 1_000, 2_000), [400, 200], 'an edge')
  t.deepEqual(ackedBySecond(0, 1_500, 2_500, 3_500), [133, 167, 200, 100], 'half way')
  t.deepEqual(ackedBySecond(0, 1_000, 4_000, 5_000), [200, 67, 66, 67, 200], 'three seconds without a snapshot')
  t.deepEqual(ackedBySecond(0, 10, 20, 1_000), [600], 'short ones')
  t.deepEqual(ackedBySecond(0, 0, 1_000), [400], 'one of no length')
})

test('the sums stay exact however the time is cut', (t) => {
  for (let step = 13; step < 3_000; step += 97) {
    const ends = Array.from({ length: 200 }, (_, index) => index * step)
    t.is(
      ackedBySecond(...ends).reduce((a, b) => a + b),
      199 * 200,
      `every ${step} ms`,
    )
  }
})

test('a window that ends a little late is not that of the next second', (t) => {
  const builder = new TimelineBuilder()
  builder.add(entry(0, 'fault cut', 1_000.4))
  builder.add(entry(1_000.4, 'recovery cut', 2_000.1))
  t.deepEqual(builder.build().window, ['fault cut', 'recovery cut'])
})
