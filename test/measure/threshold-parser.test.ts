import test from 'ava'
import { UserError } from '../../lib/errors.ts'
import {
  builtInMetrics,
  type MetricDefinition,
  parseSelector,
  parseThreshold,
  type ThresholdPlan,
  thresholdHolds,
} from '../../lib/measure/index.ts'

const options = { abortOnFail: false, delayAbortEvalMs: 0 }

const own: readonly MetricDefinition[] = [
  { name: 'basket_size', type: 'trend', unit: 'bytes', description: '' },
  { name: 'open_orders', type: 'gauge', unit: 'count', description: '' },
]

function parse(selector: string, expression: string): ThresholdPlan {
  const parsed = parseSelector(selector)
  const metric = [...builtInMetrics, ...own].find(({ name }) => name === parsed.metric)!
  return parseThreshold(selector, parsed, metric, expression, options)
}

const median = { kind: 'percentile', share: 0.5 } as const

const good: readonly [selector: string, expression: string, Partial<ThresholdPlan>][] = [
  ['publish_latency', 'p99 < 20ms', { aggregation: { kind: 'percentile', share: 0.99 }, operator: '<', limit: 20 }],
  ['publish_latency', 'p(95)<500', { aggregation: { kind: 'percentile', share: 0.95 }, operator: '<', limit: 500 }],
  ['publish_latency', '  p99.9<=1.5s ', { operator: '<=', limit: 1_500, expression: 'p99.9<=1.5s' }],
  ['publish_latency', 'p( 99.99 ) < 1m', { limit: 60_000 }],
  ['publish_latency', 'p100 < 250us', { aggregation: { kind: 'percentile', share: 1 }, limit: 0.25 }],
  ['publish_latency', 'med < 5', { aggregation: median, limit: 5 }],
  ['publish_latency', 'p50 < 5', { aggregation: median }],
  ['publish_latency', 'avg > 1ms', { aggregation: { kind: 'avg' }, operator: '>' }],
  ['publish_latency', 'min >= 0', { aggregation: { kind: 'min' }, operator: '>=', limit: 0 }],
  ['publish_latency', 'max < 2m30s', { aggregation: { kind: 'max' }, limit: 150_000 }],
  ['publish_latency', 'count > 1e3', { aggregation: { kind: 'count' }, limit: 1_000 }],
  ['publish_throughput', 'min > 900', { type: 'throughput', limit: 900 }],
  ['publish_throughput', 'p1 > 900', { aggregation: { kind: 'percentile', share: 0.01 } }],
  ['lost', 'count == 0', { type: 'counter', operator: '==', limit: 0 }],
  ['lost', 'count === 0', { operator: '==' }],
  ['lost', 'count != 1', { operator: '!=' }],
  ['lost', 'count !== 1', { operator: '!=' }],
  ['data_sent', 'count < 10MB', { limit: 10_000_000 }],
  ['data_sent', 'rate < 4KiB', { aggregation: { kind: 'rate' }, limit: 4_096 }],
  ['publish_success', 'rate > 99.9%', { type: 'rate', limit: 0.999 }],
  ['publish_success', 'rate == 1', { limit: 1 }],
  ['basket_size', 'p99 < 4KB', { limit: 4_000 }],
  ['open_orders', 'value < 10', { type: 'gauge', aggregation: { kind: 'value' }, limit: 10 }],
  ['open_orders', 'max < 10', { aggregation: { kind: 'max' } }],
  ['server_cpu', 'p99 < 80%', { type: 'trend', limit: 0.8 }],
  ['server_cpu', 'max < 150%', { limit: 1.5 }],
  ['server_rss', 'max < 512MiB', { type: 'gauge', limit: 2 ** 29 }],
]

for (const [selector, expression, expected] of good) {
  test(`${selector}: ${expression.trim()}`, (t) => {
    t.like(parse(selector, expression), { selector, metric: selector, ...options, ...expected })
  })
}

test('a selector names a metric and the tags that must match', (t) => {
  t.deepEqual(parseSelector('publish_latency{phase:baseline, window:fault}'), {
    metric: 'publish_latency',
    tags: { phase: 'baseline', window: 'fault' },
  })
  t.deepEqual(parseSelector('lost{}'), { metric: 'lost', tags: {} })
  t.deepEqual(parseSelector('lost{fault:latency:publishers}').tags, { fault: 'latency:publishers' })
  t.deepEqual(parse('publish_latency{phase:baseline}', 'p99<1').tags, { phase: 'baseline' })
})

for (const selector of [
  '',
  '9lives',
  'publish latency',
  'lost{phase}',
  'lost{:a}',
  'lost{phase:a',
  'lost}',
  'lost{a:b}c',
]) {
  test(`no selector: ${JSON.stringify(selector)}`, (t) => {
    t.throws(() => parseSelector(selector), { instanceOf: UserError, message: /write it like/ })
  })
}

test('a tag that is given twice is refused, for only one of them could match', (t) => {
  t.throws(() => parseSelector('lost{phase:a,phase:b}'), { instanceOf: UserError, message: /phase.* twice/ })
})

const bad: readonly [selector: string, expression: string, message: RegExp][] = [
  ['publish_latency', '', /not a threshold of publish_latency; write it like "p99 < 20ms"/],
  ['publish_latency', 'p99', /not a threshold/],
  ['publish_latency', 'p99 20ms', /not a threshold/],
  ['publish_latency', 'p99 =< 20ms', /not a threshold/],
  ['publish_latency', 'p(99 < 20ms', /not a threshold/],
  ['publish_latency', 'p99) < 20ms', /not a threshold/],
  ['publish_latency', 'p101 < 20ms', /"p101" .*trend.* has p50/],
  ['publish_latency', 'rate < 1', /"rate" .*trend.* has p50, .* count/],
  ['publish_latency', 'mean < 20ms', /"mean"/],
  ['publish_latency', 'p < 20ms', /"p"/],
  ['publish_latency', 'p99 < 20 bananas', /"20 bananas" .* not a limit.*; write it like "p99 < 20ms"/],
  ['publish_latency', 'p99 < 4KB', /"4KB" .* not a limit/],
  ['publish_latency', 'p99 < 99%', /not a limit/],
  ['publish_latency', 'p99 < NaN', /not a limit/],
  ['publish_latency', 'p99 < Infinity', /not a limit/],
  ['publish_latency', 'p99 < 20ms && p50 < 1ms', /not a limit/],
  ['publish_latency', 'count > 5ms', /not a limit/],
  ['lost', 'p99 < 1', /lost.* counter.* has count, rate/],
  ['lost', 'count < 5ms', /not a limit/],
  ['publish_success', 'count > 1', /publish_success.* rate.* has rate/],
  ['publish_success', 'rate > 99.9', /"99\.9" .* not a limit.*; write it like "rate > 99\.9%"/],
  ['publish_success', 'rate > 120%', /not a limit/],
  ['publish_success', 'rate > -0.1', /not a limit/],
  ['server_cpu', 'p99 < -1', /not a limit.*; write it like "p99 < 80%"/],
  ['server_cpu', 'p99 < Infinity', /not a limit/],
  ['open_orders', 'p99 < 1', /open_orders.* gauge.* has value, min, max/],
]

for (const [selector, expression, message] of bad) {
  test(`refused: ${selector}: ${JSON.stringify(expression)}`, (t) => {
    t.throws(() => parse(selector, expression), { instanceOf: UserError, message })
  })
}

test('a threshold holds on its own side of the limit, and at it when it says so', (t) => {
  const held = (operator: ThresholdPlan['operator']) =>
    [9, 10, 11].map((observed) => thresholdHolds({ operator, limit: 10 }, observed))
  t.deepEqual(held('<'), [true, false, false])
  t.deepEqual(held('<='), [true, true, false])
  t.deepEqual(held('>'), [false, false, true])
  t.deepEqual(held('>='), [false, true, true])
  t.deepEqual(held('=='), [false, true, false])
  t.deepEqual(held('!='), [true, false, true])
})
