import test from 'ava'
import { recordCustom } from '../../lib/load/custom-samples.ts'
import { Tagger } from '../../lib/load/tagger.ts'
import { Aggregate, matches, SampleRegistry, sample } from '../../lib/measure/index.ts'

function recorded() {
  const aggregate = new Aggregate([])
  const registry = new SampleRegistry([], (series) => aggregate.declare(series))
  const calm = registry.set({ phase: 'a', window: 'baseline' })
  const cut = registry.set({ phase: 'a', window: 'fault', fault: 'cut+slow' })
  for (const [set, delay] of [
    [calm, 2],
    [cut, 900],
  ] as const) {
    for (let count = 0; count < 100; count += 1) sample(set.trend('publish_latency'), delay)
    set.counter('publish_acked').count += 100
    const rate = set.rate('publish_success')
    rate.total += 100
    rate.trues += set === calm ? 100 : 40
  }
  return { aggregate, registry }
}

const threshold = (metric: string, tags: Record<string, string>, aggregation: object, type: string) =>
  ({ metric, tags, aggregation, type, selector: metric, expression: '', operator: '<', limit: 0 }) as never

test('a threshold sees only the series its tags select', (t) => {
  const { aggregate, registry } = recorded()
  aggregate.add(registry.drain())
  const p99 = { kind: 'percentile', share: 0.99 }
  const seconds = () => 10
  t.is(aggregate.observe(threshold('publish_latency', { window: 'baseline' }, p99, 'trend'), seconds).value, 2)
  t.is(aggregate.observe(threshold('publish_latency', { fault: 'slow' }, p99, 'trend'), seconds).value, 900)
  t.is(aggregate.observe(threshold('publish_latency', { phase: 'b' }, p99, 'trend'), seconds).value, undefined)
  t.is(aggregate.observe(threshold('publish_success', {}, { kind: 'rate' }, 'rate'), seconds).value, 0.7)
  t.is(aggregate.observe(threshold('publish_acked', {}, { kind: 'rate' }, 'counter'), seconds).value, 20)
  t.is(aggregate.observe(threshold('publish_acked', {}, { kind: 'count' }, 'counter'), seconds).value, 200)
})

test('a counter of a window that was open and counted nothing is zero; of one that never was, missing', (t) => {
  const { aggregate } = recorded()
  const count = threshold('publish_failed', {}, { kind: 'count' }, 'counter')
  t.is(aggregate.observe(count, () => 5).value, 0)
  t.is(aggregate.observe(count, () => 0).value, 0, 'it opened when the load had ended')
  t.is(aggregate.observe(count, () => undefined).value, undefined)
  const rate = threshold('publish_failed', {}, { kind: 'rate' }, 'counter')
  t.is(aggregate.observe(rate, () => 0).value, undefined, 'there is no rate without time')
})

test('what was drained once is not counted twice', (t) => {
  const { aggregate, registry } = recorded()
  aggregate.add(registry.drain())
  aggregate.add(registry.drain())
  t.is(aggregate.count('publish_acked'), 200)
})

test('a selector names one of several faults', (t) => {
  t.true(matches({ fault: 'a+b' }, { fault: 'b' }))
  t.true(matches({ fault: 'a+b' }, { fault: 'a+b' }))
  t.false(matches({ fault: 'ab' }, { fault: 'a' }))
  t.false(matches({}, { fault: 'a' }))
})

test('too many combinations of tags share one series and say so', (t) => {
  const registry = new SampleRegistry([], () => {})
  for (let value = 0; value < 1_500; value += 1) registry.set({ phase: 'a', window: 'baseline', id: String(value) })
  t.true(registry.overflowed)
  t.is(
    registry.set({ phase: 'a', window: 'baseline', id: 'x' }),
    registry.set({ phase: 'a', window: 'baseline', id: 'y' }),
  )
})

test('what the conductor records: sums, shares, last values with their extremes, distributions', (t) => {
  const aggregate = new Aggregate([])
  const observe = (metric: string, type: string, kind: string) =>
    aggregate.observe(threshold(metric, {}, { kind, share: 0.5 }, type), () => 2).value
  t.is(observe('server_fds', 'gauge', 'value'), undefined, 'nothing was recorded')
  for (const value of [-3, 9, 4]) aggregate.record('server_fds', {}, value)
  t.deepEqual(
    ['value', 'min', 'max'].map((kind) => observe('server_fds', 'gauge', kind)),
    [4, -3, 9],
  )
  for (const value of [1, 0, 1, 1]) aggregate.record('node_up', {}, value)
  t.is(observe('node_up', 'rate', 'rate'), 0.75)
  for (const value of [1, 2]) aggregate.record('leader_changes', {}, value)
  t.is(observe('leader_changes', 'counter', 'count'), 3)
  for (const value of [0.125, 0.125, 1.5]) aggregate.record('server_cpu', {}, value)
  t.is(observe('server_cpu', 'trend', 'percentile'), 0.125)
  t.is(observe('server_cpu', 'trend', 'max'), 1.5)
  t.deepEqual(
    aggregate.toSeries(() => 2).map(({ metric }) => metric),
    ['node_up', 'leader_changes', 'server_cpu', 'server_fds'],
  )
})

test('what takes longer than a histogram reaches is told all the same', (t) => {
  const aggregate = new Aggregate([])
  const registry = new SampleRegistry([], (series) => aggregate.declare(series))
  const hours = (count: number) => count * 3_600_000
  for (const count of [1, 2, 3]) {
    aggregate.record('recovery_time', {}, hours(count))
    sample(registry.set({}).trend('publish_latency'), hours(count))
  }
  aggregate.add(registry.drain())
  for (const metric of ['recovery_time', 'publish_latency']) {
    const at = (aggregation: object) =>
      aggregate.observe(threshold(metric, {}, aggregation, 'trend'), () => 1).value! / 3_600_000
    t.is(at({ kind: 'max' }), 3)
    t.is(at({ kind: 'avg' }), 2)
    t.true(Math.abs(at({ kind: 'percentile', share: 0.3 }) - 1) < 0.001)
    t.is(at({ kind: 'percentile', share: 0.99 }), 3)
  }
})

test('the last value of a gauge is the one set last, whichever of its series was there first', (t) => {
  const own = [{ name: 'open', type: 'gauge', unit: 'count', description: '' }] as const
  const aggregate = new Aggregate(own)
  const registry = new SampleRegistry(own, (series) => aggregate.declare(series))
  const tagger = new Tagger(registry, ['only'])
  const windows = ['baseline', 'fault', 'recovery', 'baseline'] as const
  for (const [index, kind] of windows.entries()) {
    tagger.openWindow(index, { kind, faults: kind === 'baseline' ? [] : ['cut'] })
    recordCustom(tagger, 'open', 'gauge', index, undefined)
    aggregate.add(registry.drain())
  }
  const value = threshold('open', {}, { kind: 'value' }, 'gauge')
  t.is(aggregate.observe(value, () => 1).value, 3)
  const values = aggregate.toSeries(() => 1).map(({ value }) => value)
  t.deepEqual(values.at(-1), { kind: 'gauge', last: 3, min: 0, max: 3 })
})

const percentile = (share: number) => ({ kind: 'percentile', share })
const seen = (aggregate: Aggregate, aggregation: object, tags: Record<string, string> = {}) =>
  aggregate.observe(threshold('recovery_time', tags, aggregation, 'trend'), () => 10)

test('what never came ranks behind all that did, and takes the average with it', (t) => {
  const aggregate = new Aggregate([])
  for (const ms of [1_000, 2_000, 3_000]) aggregate.record('recovery_time', { fault: 'a' }, ms)
  aggregate.recordCensored('recovery_time', { fault: 'b' }, 7_000)
  aggregate.recordCensored('recovery_time', { fault: 'b' }, 5_000)
  const never = { value: Number.POSITIVE_INFINITY, samples: 5, waited: 7_000 }
  t.deepEqual(seen(aggregate, percentile(0.6)), { value: 3_000, samples: 5 })
  t.is(Math.round(seen(aggregate, percentile(0.2)).value!), 1_000)
  t.deepEqual(seen(aggregate, percentile(0.61)), never)
  t.deepEqual(seen(aggregate, { kind: 'max' }), never)
  t.deepEqual(seen(aggregate, { kind: 'avg' }), never)
  t.deepEqual(seen(aggregate, { kind: 'min' }), { value: 1_000, samples: 5 })
  t.deepEqual(seen(aggregate, { kind: 'count' }), { value: 5, samples: 5 })
  t.deepEqual(seen(aggregate, { kind: 'max' }, { fault: 'a' }), { value: 3_000, samples: 3 })
  t.deepEqual(seen(aggregate, { kind: 'min' }, { fault: 'b' }), { ...never, samples: 2 })
  // The percentiles of those that came are of them alone.
  t.is(aggregate.percentile('recovery_time', 0.99), 3_000)
  t.is(aggregate.percentile('recovery_time', 0.99, { fault: 'b' }), undefined)
})

test('a report counts what never came beside numbers that are finite', (t) => {
  const aggregate = new Aggregate([])
  aggregate.recordCensored('recovery_time', {}, 7_000)
  const [series] = aggregate.toSeries(() => 1)
  t.like(series!.value, { count: 0, min: 0, max: 0, mean: 0, percentiles: {}, censored: { count: 1, waited: 7_000 } })
  t.deepEqual(JSON.parse(JSON.stringify(series)), series as never)
})

test('no gap between acks is 0 where there were acks, and unknown where there were none', (t) => {
  const aggregate = new Aggregate([])
  const gap = (tags: Record<string, string>, aggregation: object = { kind: 'max' }) =>
    aggregate.observe(threshold('ack_gap', tags, aggregation, 'trend'), () => 10)
  t.deepEqual(gap({}), { value: undefined, samples: 0 })
  aggregate.record('publish_acked', { window: 'baseline' }, 7)
  t.deepEqual(gap({}), { value: 0, samples: 0 })
  t.deepEqual(gap({}, { kind: 'count' }), { value: 0, samples: 0 })
  t.deepEqual(gap({ window: 'fault' }), { value: undefined, samples: 0 })
  aggregate.record('ack_gap', { window: 'fault' }, 900)
  t.deepEqual(gap({}), { value: 900, samples: 1 })
  t.deepEqual(gap({ window: 'baseline' }), { value: 0, samples: 0 })
})
