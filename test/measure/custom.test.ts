import test from 'ava'
import { UserError } from '../../lib/errors.ts'
import {
  counter,
  customMetrics,
  gauge,
  rate,
  resetCustomMetrics,
  setCustomMetricSink,
  type Tags,
  trend,
} from '../../lib/measure/index.ts'

// The registry is one for each thread, so these can't run side by side.
test.beforeEach(() => resetCustomMetrics())

test.serial('a script declares its metrics, and what it adds goes to the sink', (t) => {
  const orders = counter('orders')
  const basket = trend('basket', { unit: 'bytes' })
  const waited = trend('waited')
  const open = gauge('open')
  const paid = rate('paid')
  t.deepEqual(
    customMetrics().map(({ name, type, unit }) => [name, type, unit]),
    [
      ['orders', 'counter', 'count'],
      ['basket', 'trend', 'bytes'],
      ['waited', 'trend', 'time'],
      ['open', 'gauge', 'count'],
      ['paid', 'rate', 'share'],
    ],
  )
  const seen: [string, string, number, Tags | undefined][] = []
  setCustomMetricSink((...sample) => seen.push(sample as (typeof seen)[number]))
  orders.add()
  orders.add(3, { shop: 'north' })
  basket.add(512)
  waited.add(1.5)
  open.set(7)
  paid.add(true)
  paid.add(false)
  t.deepEqual(seen, [
    ['orders', 'counter', 1, undefined],
    ['orders', 'counter', 3, { shop: 'north' }],
    ['basket', 'trend', 512, undefined],
    ['waited', 'trend', 1.5, undefined],
    ['open', 'gauge', 7, undefined],
    ['paid', 'rate', 1, undefined],
    ['paid', 'rate', 0, undefined],
  ])
})

test.serial('nothing can be added before the load', (t) => {
  const orders = counter('orders')
  t.throws(() => orders.add(), { instanceOf: UserError, message: /orders.*while the load runs/ })
  setCustomMetricSink(() => t.fail())
  resetCustomMetrics()
  t.throws(() => orders.add(), { instanceOf: UserError })
})

test.serial('a sample that is no number is refused, and does not reach the sink', (t) => {
  const waited = trend('waited')
  setCustomMetricSink(() => t.fail())
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, '5']) {
    t.throws(() => waited.add(value as number), { message: /waited: a sample must be a finite number/ })
  }
})

test.serial('a name is taken once, is none of Squall’s own, and is a word', (t) => {
  counter('orders')
  t.throws(() => trend('orders'), { instanceOf: UserError, message: /orders is declared twice/ })
  t.throws(() => counter('publish_latency'), { instanceOf: UserError, message: /one of Squall's own/ })
  for (const name of ['', 'a-b', '9lives', 'a b', 'x'.repeat(129), undefined, 5]) {
    t.throws(() => counter(name as string), { instanceOf: UserError, message: /letters, digits and _/ })
  }
  t.is(customMetrics().length, 1)
})

test.serial('a script that is loaded again may declare the same names', (t) => {
  counter('orders')
  resetCustomMetrics()
  t.notThrows(() => counter('orders'))
  t.is(customMetrics().length, 1)
})
