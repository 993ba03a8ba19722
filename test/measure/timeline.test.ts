import test from 'ava'
import { decodeHistogram, maxIntervals, TimelineBuilder } from '../../lib/measure/index.ts'

const entry = (at: number, window = 'baseline') => ({
  at,
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
  builder.addCounter(900, 'publish_acked', 7)
  builder.addTrend(2_100, 'publish_latency', 1_000, Uint32Array.of(1_000, 3, 50_000, 1), 50_020)
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
  for (let second = 0; second < seconds; second += 1) {
    builder.add(entry(second * 1_000))
    builder.addCounter(second * 1_000, 'publish_acked', 1)
    builder.addTrend(second * 1_000, 'publish_latency', 1_000, Uint32Array.of(1_000, 1), 1_000)
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
