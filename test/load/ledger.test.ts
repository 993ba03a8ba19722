import test from 'ava'
import type { ConsumerPlan, StreamPlan } from '../../lib/load/index.ts'
import { Ledger } from '../../lib/load/ledger.ts'

const stream: StreamPlan = {
  name: 'ORDERS',
  subjects: ['orders.>'],
  replicas: 1,
  storage: 'file',
  retention: 'limits',
  discard: 'old',
}
const billing: ConsumerPlan = {
  kind: 'pull',
  name: 'billing',
  index: 0,
  hasHandler: false,
  members: 1,
  stream: 'ORDERS',
  filter: 'orders.created',
  ack: 'explicit',
  ackWaitMs: 30_000,
  maxAckPending: 100,
  maxDeliver: -1,
  batch: 10,
}
const audit: ConsumerPlan = {
  kind: 'subscription',
  name: 'audit',
  index: 1,
  hasHandler: false,
  members: 1,
  subject: 'orders.*',
}

function ledger() {
  const made = new Ledger<string>([billing, audit], [stream])
  made.mark(1_000, 'first')
  return made
}

const none = new Map<string, number>()

test('a clean run is clean', (t) => {
  const book = ledger()
  for (let count = 0; count < 5_000; count += 1) {
    const sequence = book.attempt('orders.created')
    book.settle(sequence, 'acked')
    t.is(book.deliver(0, sequence, false), 'first')
    t.is(book.deliver(1, sequence, false), 'first')
  }
  const { consumers, acked } = book.result(0, none, true)
  t.is(acked, 5_000)
  for (const consumer of consumers) {
    const { expected, received, lost, duplicates, outOfOrder } = consumer
    t.deepEqual(
      { expected, received, lost, duplicates, outOfOrder },
      { expected: 5_000, received: 5_000, lost: 0, duplicates: 0, outOfOrder: 0 },
    )
  }
})

test('a dropped message is lost, named, and put where it was sent', (t) => {
  const book = ledger()
  for (let count = 0; count < 10; count += 1) {
    if (count === 5) book.mark(6_000, 'second')
    const sequence = book.attempt('orders.created')
    book.settle(sequence, 'acked')
    if (sequence !== 7) book.deliver(0, sequence, false)
    book.deliver(1, sequence, false)
  }
  const [pull, subscription] = book.result(1_000, none, true).consumers
  t.is(pull!.lost, 1)
  t.deepEqual(pull!.lostExamples, [{ sequence: 7, at: 5_000 }])
  t.is(subscription!.lost, 0)
  const lost: string[] = []
  book.lost((kind, label) => lost.push(`${kind} ${label}`))
  t.deepEqual(lost, ['pull second'])
})

test('a doubled message is a duplicate unless JetStream says that it is redelivered', (t) => {
  const book = ledger()
  const sequence = book.attempt('orders.created')
  book.settle(sequence, 'acked')
  t.is(book.deliver(0, sequence, false), 'first')
  t.is(book.deliver(0, sequence, true), 'redelivered')
  t.is(book.deliver(0, sequence, false), 'duplicate')
  const [pull] = book.result(0, none, true).consumers
  t.is(pull!.duplicates, 1)
  t.is(pull!.redelivered, 1)
  t.is(pull!.received, 1)
})

test('a reordered message is out of order, once', (t) => {
  const book = ledger()
  const [a, b, c] = [0, 1, 2].map(() => book.attempt('orders.created'))
  for (const sequence of [a!, c!, b!]) book.deliver(1, sequence, false)
  t.is(book.result(0, none, true).consumers[1]!.outOfOrder, 1)
})

test('indeterminate messages are never lost, and recovered when they arrive', (t) => {
  const book = ledger()
  const arrived = book.attempt('orders.created')
  const gone = book.attempt('orders.created')
  book.settle(arrived, 'indeterminate')
  book.settle(gone, 'indeterminate')
  book.deliver(0, arrived, false)
  const result = book.result(0, none, true)
  t.is(result.indeterminate, 2)
  t.like(result.consumers[0], { expected: 0, received: 1, lost: 0, recovered: 1 })
})

test('a consumer is only owed what it reads', (t) => {
  const book = ledger()
  for (const subject of ['orders.shipped', 'orders.created', 'other', 'orders.a.b'])
    book.settle(book.attempt(subject), 'acked')
  const [pull, subscription] = book.result(0, none, true).consumers
  t.is(pull!.expected, 1)
  t.is(subscription!.expected, 2)
})

test('core messages are judged by subscriptions alone', (t) => {
  const book = ledger()
  book.settle(book.attempt('orders.created'), 'sent')
  book.settle(book.attempt('orders.created'), 'failed')
  const [pull, subscription] = book.result(0, none, true).consumers
  t.is(pull!.expected, 0)
  t.like(subscription, { expected: 1, lost: 1 })
})
