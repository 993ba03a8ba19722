import test from 'ava'
import { Aggregate, type Tags } from '../../lib/measure/index.ts'
import { countIn, mergeTrends, stretchesOf, trendIn } from '../../lib/report/index.ts'
import { fixtureReport } from './fixture.ts'

const trends = (...samples: readonly (readonly number[])[]) => {
  const aggregate = new Aggregate([])
  samples.forEach((values, index) => {
    const tags: Tags = { phase: 'p', window: 'baseline', kind: String(index) }
    for (const value of values) aggregate.record('publish_latency', tags, value)
  })
  return aggregate.toSeries(() => 1)
}

test('merged series are as one that had all their samples', (t) => {
  const first = Array.from({ length: 700 }, (_, index) => 1 + index * 0.37)
  const second = Array.from({ length: 500 }, (_, index) => 300 + index * 1.93)
  const { count, min, max, mean, percentiles } = mergeTrends(trends([...first, ...second]))!
  const merged = mergeTrends(trends(first, second))!
  t.deepEqual({ ...merged, mean: undefined }, { count, min, max, mean: undefined, percentiles })
  t.true(Math.abs(merged.mean - mean) < 1e-9)
  t.true(merged.percentiles['p99.9']! <= max)
})

test('no percentile is above the largest sample', (t) => {
  // HdrHistogram answers with the top of the bucket, which lies above both.
  const merged = mergeTrends(trends([1_000.001], Array(2_000).fill(1_000.001)))!
  t.is(merged.max, 1_000.001)
  t.is(merged.percentiles['p99.9'], 1_000.001)
})

test('nothing merges to nothing', (t) => {
  t.is(mergeTrends([]), undefined)
  t.is(mergeTrends(fixtureReport().series.filter(({ metric }) => metric === 'publish_indeterminate')), undefined)
})

test('a run breaks down into phase × window, each with all the time it had', (t) => {
  t.deepEqual(
    stretchesOf(fixtureReport()).map(({ phase, window, seconds }) => [
      phase,
      window.kind,
      window.faults.join('+'),
      seconds,
    ]),
    [
      ['baseline', 'baseline', '', 10],
      ['faults', 'baseline', '', 9],
      ['faults', 'fault', 'slow', 5],
      ['faults', 'recovery', 'slow', 1],
      ['faults', 'fault', 'cut', 3],
      ['faults', 'recovery', 'cut', 2],
      ['recovery', 'baseline', '', 10],
    ],
  )
})

test('a window that only samples tell of is not lost', (t) => {
  const { series } = fixtureReport()
  const late = { ...series[0]!, tags: { phase: 'recovery', window: 'fault', fault: 'a+b' } }
  const found = stretchesOf(fixtureReport({ series: [...series, late] })).at(-1)
  t.deepEqual(found, { phase: 'recovery', window: { kind: 'fault', faults: ['a', 'b'] }, seconds: 0 })
})

test('a stretch has the samples of all tags a script gave, and of no other window', (t) => {
  const report = fixtureReport()
  const [baseline, , slow, , cut] = stretchesOf(report)
  t.is(trendIn(report, 'publish_latency', baseline!)?.count, 2_000)
  t.is(trendIn(report, 'publish_latency', slow!)?.count, 1_000)
  t.is(trendIn(report, 'publish_latency', cut!), undefined)
  t.is(countIn(report, ['publish_failed', 'publish_indeterminate'], cut!), 600)
  t.is(countIn(report, ['publish_indeterminate'], slow!), 0)
})
