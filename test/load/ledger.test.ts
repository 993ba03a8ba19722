import test from 'ava'
import { evictingLimit } from '../../lib/load/audit/eviction.ts'
import { MessageIds } from '../../lib/load/audit/message-ids.ts'
import { compareReplicas } from '../../lib/load/audit/replicas.ts'
import { StreamAudit } from '../../lib/load/audit/stream-audit.ts'
import { closeLedger } from '../../lib/load/close-ledger.ts'
import type { ConsumerPlan } from '../../lib/load/index.ts'
import { Ledger } from '../../lib/load/ledger/ledger.ts'
import { AckSequences, LowBits } from '../../lib/load/ledger/low-bits.ts'
import { orders } from './orders.ts'

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
  const made = new Ledger([billing, audit], [orders])
  made.mark(1_000, { phase: 'first' })
  return made
}

const closing = { origin: 0, pending: new Map<string, number>(), drained: true, audits: new Map<string, StreamAudit>() }

test('a clean run is clean', (t) => {
  const book = ledger()
  for (let count = 0; count < 5_000; count += 1) {
    const sequence = book.attempt('orders.created')
    book.settle(sequence, 'acked')
    t.is(book.deliver(0, sequence, false), 'first')
    t.is(book.deliver(1, sequence, false), 'first')
  }
  const { consumers, acked } = closeLedger(book, closing)
  t.is(acked, 5_000)
  for (const consumer of consumers) {
    const { expected, received, lost, duplicates, outOfOrder } = consumer
    t.deepEqual(
      { expected, received, lost, duplicates, outOfOrder },
      { expected: 5_000, received: 5_000, lost: 0, duplicates: 0, outOfOrder: 0 },
    )
  }
})

test('a message that was sent before the load was marked counts as lost too, in its first phase', (t) => {
  const book = new Ledger([billing, audit], [orders])
  for (let sequence = 0; sequence < 3; sequence += 1) {
    if (sequence === 2) book.mark(1_010, { phase: 'first' })
    book.settle(book.attempt('orders.created'), 'acked')
  }
  const lost: string[] = []
  book.lost((kind, { phase }) => lost.push(`${kind} ${phase}`))
  t.deepEqual(lost, Array(3).fill('pull first').concat(Array(3).fill('subscription first')))
})

test('a dropped message is lost, named, and put where it was sent', (t) => {
  const book = ledger()
  for (let count = 0; count < 10; count += 1) {
    if (count === 5) book.mark(6_000, { phase: 'second' })
    const sequence = book.attempt('orders.created')
    book.settle(sequence, 'acked')
    if (sequence !== 7) book.deliver(0, sequence, false)
    book.deliver(1, sequence, false)
  }
  const [pull, subscription] = closeLedger(book, { ...closing, origin: 1_000 }).consumers
  t.is(pull!.lost, 1)
  t.deepEqual(pull!.lostExamples, [{ publisher: 0, sequence: 7, at: 5_000, tags: { phase: 'second' } }])
  t.is(subscription!.lost, 0)
  const lost: string[] = []
  book.lost((kind, { phase }) => lost.push(`${kind} ${phase}`))
  t.deepEqual(lost, ['pull second'])
})

test('a doubled message is a duplicate unless JetStream says that it is redelivered', (t) => {
  const book = ledger()
  const sequence = book.attempt('orders.created')
  book.settle(sequence, 'acked')
  t.is(book.deliver(0, sequence, false), 'first')
  t.is(book.deliver(0, sequence, true), 'redelivered')
  t.is(book.deliver(0, sequence, false), 'duplicate')
  const [pull] = closeLedger(book, closing).consumers
  t.is(pull!.duplicates, 1)
  t.is(pull!.redelivered, 1)
  t.is(pull!.received, 1)
})

test('a reordered message is out of order, once', (t) => {
  const book = ledger()
  const [a, b, c] = [0, 1, 2].map(() => book.attempt('orders.created'))
  for (const sequence of [a!, c!, b!]) book.deliver(1, sequence, false)
  t.is(closeLedger(book, closing).consumers[1]!.outOfOrder, 1)
})

test('indeterminate messages are never lost, and recovered when they arrive', (t) => {
  const book = ledger()
  const arrived = book.attempt('orders.created')
  const gone = book.attempt('orders.created')
  book.settle(arrived, 'indeterminate')
  book.settle(gone, 'indeterminate')
  book.deliver(0, arrived, false)
  const result = closeLedger(book, closing)
  t.is(result.indeterminate, 2)
  t.like(result.consumers[0], { expected: 0, received: 1, lost: 0, recovered: 1 })
})

test('a consumer is only owed what it reads', (t) => {
  const book = ledger()
  for (const subject of ['orders.shipped', 'orders.created', 'other', 'orders.a.b'])
    book.settle(book.attempt(subject), 'acked')
  const [pull, subscription] = closeLedger(book, closing).consumers
  t.is(pull!.expected, 1)
  t.is(subscription!.expected, 2)
})

test('core messages are judged by subscriptions alone', (t) => {
  const book = ledger()
  book.settle(book.attempt('orders.created'), 'sent')
  book.settle(book.attempt('orders.created'), 'failed')
  const [pull, subscription] = closeLedger(book, closing).consumers
  t.is(pull!.expected, 0)
  t.like(subscription, { expected: 1, lost: 1 })
})

test('a message acked as a duplicate is acked, and owed to nobody', (t) => {
  const book = ledger()
  const first = book.attempt('orders.created')
  book.settle(first, 'indeterminate')
  book.settle(book.attempt('orders.created'), 'acked', { stream: 'ORDERS', seq: 1, duplicate: true })
  book.deliver(0, first, false)
  const { acked, consumers } = closeLedger(book, closing)
  t.is(acked, 1)
  t.like(consumers[0], { expected: 0, lost: 0, recovered: 1 })
})

test('a message that the stream holds and a consumer never got is never consumed', (t) => {
  const book = ledger()
  const audit = new StreamAudit(orders, book, { after: 0, origin: 0 })
  for (const outcome of ['acked', 'indeterminate', 'indeterminate'] as const) {
    const sequence = book.attempt('orders.created')
    book.settle(sequence, outcome, outcome === 'acked' ? { stream: 'ORDERS', seq: 1, duplicate: false } : undefined)
  }
  audit.observe({ streamSequence: 1, storedAt: 0, stamp: { publisher: 0, sequence: 0 }, messageId: undefined })
  audit.observe({ streamSequence: 2, storedAt: 0, stamp: { publisher: 0, sequence: 1 }, messageId: undefined })
  book.deliver(0, 0, false)
  audit.close({ outcome: 'finished', reached: 2, state: undefined, at: 0 })
  const { consumers, streams } = closeLedger(book, { ...closing, audits: new Map([['ORDERS', audit]]) })
  t.like(consumers[0], { lost: 0, neverConsumed: 1 })
  t.like(streams[0], { verdict: 'pass', read: 2, recovered: 1 })
})

test('a stream that deletes what is consumed is judged by its consumers', (t) => {
  for (const { delivered, drained, verdict } of [
    { delivered: true, drained: true, verdict: 'pass' },
    { delivered: false, drained: true, verdict: 'fail' },
    { delivered: false, drained: false, verdict: 'unknown' },
  ] as const) {
    const book = new Ledger([billing], [{ ...orders, retention: 'workqueue' }])
    const sequence = book.attempt('orders.created')
    book.settle(sequence, 'acked', { stream: 'ORDERS', seq: 1, duplicate: false })
    if (delivered) book.deliver(0, sequence, false)
    const [judged] = closeLedger(book, { ...closing, drained }).streams
    t.like(judged, { verdict, judgedBy: 'consumers' })
    t.regex(judged!.notes[0]!, /^a workqueue stream keeps nothing once it is consumed: judged by/)
  }
})

test('a stream that is gone has lost everything; one that was not read to its end is unknown', (t) => {
  for (const { outcome, verdict, lost } of [
    { outcome: 'missing', verdict: 'fail', lost: 2 },
    { outcome: 'unfinished', verdict: 'unknown', lost: 0 },
  ] as const) {
    const book = ledger()
    for (const seq of [1, 2])
      book.settle(book.attempt('orders.created'), 'acked', { stream: 'ORDERS', seq, duplicate: false })
    const audit = new StreamAudit(orders, book, { after: 0, origin: 0 })
    audit.close({ outcome, reached: 0, state: undefined, at: 0 })
    t.like(audit.result(), { verdict, lost })
  }
})

test('a limit explains a missing message only at the front of a full stream, or when it is old enough', (t) => {
  const state = { firstSequence: 101, lastSequence: 200, messages: 100, deleted: 0, bytes: 10_000 }
  const limit = (changes: object, place = 50, age = 1_000, changed = {}) =>
    evictingLimit({ ...orders, ...changes }, { ...state, ...changed }, place, age)
  t.is(limit({}), undefined)
  t.is(limit({ maxMessages: 100 }), 'max_msgs')
  t.is(limit({ maxMessages: 100 }, 101), undefined)
  t.is(limit({ maxMessages: 101 }), undefined)
  t.is(limit({ maxMessages: 101 }, 50, 0, { deleted: 1 }), 'max_msgs')
  t.is(limit({ maxMessages: 100, discard: 'new' }), undefined)
  t.is(limit({ maxBytes: 10_100 }), 'max_bytes')
  t.is(limit({ maxBytes: 20_000 }), undefined)
  t.is(limit({ maxBytes: 100 }, 50, 0, { messages: 0, bytes: 0 }), undefined)
  t.is(limit({ maxAgeMs: 1_000, discard: 'new' }), 'max_age')
  t.is(limit({ maxAgeMs: 1_001 }), undefined)
})

test('message ids are known for the duplicate window and no longer', (t) => {
  const ids = new MessageIds(100)
  t.false(ids.isRepeated('a', 0))
  t.false(ids.isRepeated('b', 50))
  t.true(ids.isRepeated('a', 99))
  t.true(ids.isRepeated('a', 198))
  t.false(ids.isRepeated('b', 198))
  t.false(ids.isRepeated('a', 298))
})

test('replicas that differ are named, with what each says', (t) => {
  const agreed = { firstSequence: 1, lastSequence: 9, messages: 9, deleted: 0, bytes: 900 }
  t.deepEqual(compareReplicas([]), [])
  t.deepEqual(
    compareReplicas([
      { node: 'n1', ...agreed },
      { node: 'n2', ...agreed },
    ]),
    [],
  )
  t.deepEqual(
    compareReplicas([
      { node: 'n1', ...agreed },
      { node: 'n2', ...agreed, messages: 8 },
    ]),
    [
      {
        field: 'messages',
        values: [
          { node: 'n1', value: 9 },
          { node: 'n2', value: 8 },
        ],
      },
    ],
  )
})

test('a stream sequence is told exactly, however far from its neighbours and in whichever order acks come', (t) => {
  const acks = new AckSequences(new LowBits())
  const base = 7_000_000_000
  const places = [0, 1, -1, -16_384, -16_385, 49_151, 49_152, 65_536, -65_536, 1_000_000, 1 - base]
  const named = [3_000, 0, 70_000].flatMap((from) =>
    places.map((place, index) => ({ sequence: from + index, streamSequence: base + place })),
  )
  for (const { sequence, streamSequence } of named) acks.set(sequence, streamSequence)
  for (const { sequence, streamSequence } of named) t.is(acks.get(sequence), streamSequence)
})

test('publishers that share a stream are each held to their own order, and to nobody else’s', (t) => {
  const book = new Ledger([billing, audit], [orders], 2)
  const [a1, b1, a2, b2] = [0, 1, 0, 1].map((publisher) => book.attempt('orders.created', publisher))
  t.deepEqual(
    [a1, b1, a2, b2].map((sequence) => book.publisherOf(sequence!)),
    [0, 1, 0, 1],
  )
  for (const [sequence, publisher] of [
    [b1, 1],
    [a1, 0],
    [a2, 0],
  ] as const)
    book.deliver(1, sequence!, false, publisher)
  const late = () =>
    closeLedger(book, { origin: 0, pending: new Map(), drained: true, audits: new Map() }).consumers[1]!
  t.is(late().outOfOrder, 0)
  const b3 = book.attempt('orders.created', 1)
  book.deliver(1, b3, false, 1)
  book.deliver(1, b2!, false, 1)
  t.is(late().outOfOrder, 1)
})

test('a message under a subject that none of its publisher’s messages should have is unexpected, and not where it should be', (t) => {
  const book = new Ledger([], [{ ...orders, subjects: ['orders.>', 'us.>', 'eu.>'] }], 2)
  const subjects = ['us.created', 'eu.created', 'us.created', 'eu.created', 'eu.created']
  for (const [index, subject] of subjects.entries()) {
    const sequence = book.attempt(subject, index % 2)
    book.settle(sequence, 'acked', { stream: 'ORDERS', seq: index + 1, duplicate: false })
  }
  const judge = (stored: readonly (string | undefined)[]) => {
    const audit = new StreamAudit(orders, book, { after: 0, origin: 0 })
    for (const [index, subject] of stored.entries()) {
      const stamp = { publisher: index % 2, sequence: index }
      audit.observe({ streamSequence: index + 1, storedAt: 0, stamp, messageId: undefined, subject })
    }
    audit.close({ outcome: 'finished', reached: 5, state: undefined, at: 0 })
    return audit.result()
  }
  t.like(judge(subjects), { verdict: 'pass', read: 5, unexpected: 0, lost: 0 })
  t.like(judge(subjects.map(() => undefined)), { verdict: 'pass', read: 5 }, 'nobody knows what servers map')
  // One is not mapped, and one as the other region maps.
  const { examples, ...wrong } = judge(['us.created', 'orders.created', 'us.created', 'us.created', 'us.created'])
  t.like(wrong, { verdict: 'fail', read: 3, unexpected: 2, lost: 2 })
  t.like(examples.unexpected![0], { publisher: 1, sequence: 1, streamSequence: 2, subject: 'orders.created' })
  t.like(examples.unexpected![1], { publisher: 1, sequence: 3, streamSequence: 4, subject: 'us.created' })
})

test('a message that is tried again under another subject is for those who read that', (t) => {
  const eu: ConsumerPlan = { ...billing, name: 'eu', index: 1, filter: 'orders.eu' }
  const book = new Ledger([{ ...billing, filter: 'orders.us' }, eu], [orders])
  const sequence = book.attempt('orders.us')
  book.redirect(sequence, { from: 'orders.us', to: 'orders.eu' })
  book.settle(sequence, 'acked', { stream: 'ORDERS', seq: 1, duplicate: false })
  t.true(book.mayHave(0, 'orders.us'), 'an earlier try may be stored')
  t.true(book.mayHave(0, 'orders.eu'))
  t.false(book.mayHave(0, 'orders.uk'))
  const { consumers } = closeLedger(book, closing)
  t.like(consumers[0], { consumer: 'billing', expected: 0, lost: 0 })
  t.like(consumers[1], { consumer: 'eu', expected: 1, lost: 1 })
})

test('the subjects of a publisher that makes up one for each message are not held against it', (t) => {
  const book = new Ledger([], [orders], 2)
  for (let number = 0; number < 10_001; number += 1) book.attempt(`orders.${number}`, 0)
  book.attempt('orders.a', 1)
  t.true(book.mayHave(0, 'elsewhere'))
  t.false(book.mayHave(1, 'elsewhere'))
})
