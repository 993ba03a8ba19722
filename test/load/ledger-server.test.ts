import test from 'ava'
import { readStream } from '../../lib/load/audit/read-stream.ts'
import { now } from '../../lib/measure/index.ts'
import { ampleMs, Rig } from './ledger-rig.ts'
import { nothing } from './orders.ts'

test('a clean run of 200 000 messages is clean', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(200_000)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'pass', acked: 200_000, read: 200_000, notes: [], examples: {} })
  t.deepEqual(ledger.state, { firstSequence: 1, lastSequence: 200_000, messages: 200_000, deleted: 0 })
})

test('a stored message that is deleted is lost, with its window', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(1_000)
  rig.mark('fault')
  await rig.publishMany(1_000)
  rig.mark('recovery')
  await rig.publishMany(1_000)
  await rig.manager.streams.deleteMessage('ORDERS', 1_501)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'fail', lost: 1, lostMiddle: 1, read: 2_999 })
  t.deepEqual(ledger.lostByWindow, [{ tags: { phase: 'only', window: 'fault' }, lost: 1 }])
  const [example] = ledger.examples.lost!
  t.like(example, { publisher: 0, sequence: 1_500, streamSequence: 1_501, tags: { window: 'fault' } })
  t.true(example!.at! > 0)
  t.deepEqual(ledger.notes, ['1 message acked and not in the stream'])
  t.is(ledger.state!.deleted, 1)
})

test('bytes sent are those that a server gets, whatever becomes of them', async (t) => {
  const rig = await Rig.start(t, { maxMessages: 1, discard: 'new' })
  let got = 0
  for (const subject of ['orders.created', 'nobody.listens']) {
    rig.nats.subscribe(subject, { callback: (_, { data }) => (got += data.length) })
  }
  await rig.nats.flush()
  t.is((await rig.publish({ size: 100 })).outcome, 'acked')
  t.is((await rig.publish({ size: 100 })).outcome, 'failed')
  t.is((await rig.publish({ size: 100, retry: { times: 2, delay: 1 } })).outcome, 'failed')
  t.is((await rig.publish({ size: 100, mode: 'jetstream' }, 50, 'nobody.listens')).outcome, 'indeterminate')
  t.is((await rig.publish({ size: 2 ** 21 })).outcome, 'failed', 'too large, and not sent')
  // The server has got all of it from the one, and then the other has got all of it from the server.
  await rig.publisher.flush()
  await rig.nats.flush()
  t.is(got, 600)
  t.is(rig.count('data_sent'), 600)
})

test('the last messages of a stream are missed too', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(100)
  for (const sequence of [98, 99, 100]) await rig.manager.streams.deleteMessage('ORDERS', sequence)
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', lost: 3, lostPostfix: 3, readToEnd: true })
})

test('a stray is unexpected; what stood there before the load is not', async (t) => {
  const rig = await Rig.start(t)
  const js = rig.nats.jetstream()
  await js.publish('orders.seed', 'from before')
  await rig.begin()
  await rig.publishMany(10)
  const { seq } = await js.publish('orders.stray', 'nobody knows me')
  await rig.publishMany(10)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'fail', unexpected: 1, earlier: 1, read: 20 })
  t.deepEqual(ledger.examples.unexpected, [{ streamSequence: seq }])
})

test('a message that a server stored as one maps it that should not is seen, and so is that it is nowhere else', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(10)
  const { data } = await rig.manager.streams.getMessage('ORDERS', { seq: 4 })
  await rig.manager.streams.deleteMessage('ORDERS', 4)
  await rig.nats.jetstream().publish('orders.mapped.wrong', data)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'fail', unexpected: 1, lost: 1, read: 9 })
  t.like(ledger.examples.unexpected![0], { sequence: 3, streamSequence: 11, subject: 'orders.mapped.wrong' })
})

test('a message stored again without an id is a duplicate, which is legal', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(10)
  const { data, subject } = await rig.manager.streams.getMessage('ORDERS', { seq: 4 })
  await rig.nats.jetstream().publish(subject, data)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'pass', duplicate: 1, read: 10 })
  t.like(ledger.examples.duplicate![0], { sequence: 3, streamSequence: 11 })
})

test('a retry with the same id is deduplicated, and fails when it is stored again within the window', async (t) => {
  const rig = await Rig.start(t, { duplicateWindowMs: 60_000 })
  await rig.publish({ msgId: 'a' })
  await rig.publish({ msgId: 'a' })
  t.like(await rig.audit(), { ...nothing, verdict: 'pass', acked: 1, deduplicated: 1, read: 1 })
  // A server that forgets ids sooner than it promised.
  const { config } = await rig.manager.streams.info('ORDERS')
  await rig.manager.streams.update('ORDERS', { ...config, duplicate_window: 100_000_000 })
  while (((await rig.publish({ msgId: 'a' })) as { duplicate?: boolean }).duplicate) await rig.nats.flush()
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'fail', duplicateWithId: 1, read: 2 })
  t.like(ledger.examples.duplicateWithId![0], { streamSequence: 2 })
})

test('a message that is tried again from another region may be stored as each of both maps it', async (t) => {
  let region = 'us'
  const rig = await Rig.start(t, {}, [], (subject) => `${region}.${subject}`)
  const published = rig.publish({ mode: 'jetstream', retry: { times: 1, delay: '50ms' } }, undefined, 'nobody')
  region = 'eu'
  t.like(await published, { outcome: 'failed' })
  t.deepEqual(
    ['us.nobody', 'eu.nobody', 'nobody'].map((subject) => rig.ledger.mayHave(0, subject)),
    [true, true, false],
  )
})

test('a message that stands in for a retry and is deleted is lost for both', async (t) => {
  const rig = await Rig.start(t)
  await rig.publish({ msgId: 'a' })
  await rig.publish({ msgId: 'a' })
  await rig.publish()
  await rig.manager.streams.deleteMessage('ORDERS', 1)
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', lost: 2, lostPrefix: 2, deduplicated: 1 })
})

test('a purge loses everything up to it', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(50)
  await rig.manager.streams.purge('ORDERS')
  await rig.publishMany(20)
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', lost: 50, lostPrefix: 50, read: 20 })
  await rig.manager.streams.purge('ORDERS')
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', lost: 70, lostPrefix: 70, read: 0 })
})

test('what a limit of the stream removed is evicted, not lost', async (t) => {
  const rig = await Rig.start(t, { maxMessages: 100 })
  await rig.publishMany(150)
  const ledger = await rig.audit()
  t.like(ledger, { ...nothing, verdict: 'pass', evicted: 50, read: 100 })
  t.deepEqual(ledger.notes, ["50 messages removed from the stream's front by its max_msgs: not counted as lost"])
  await rig.manager.streams.deleteMessage('ORDERS', 120)
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', lost: 1, evicted: 50 })
})

test('a stream that was deleted and made anew lost everything before', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(30)
  const { config } = await rig.manager.streams.info('ORDERS')
  await rig.manager.streams.delete('ORDERS')
  t.like(await rig.audit(), { verdict: 'fail', lost: 30, readToEnd: true })
  await rig.manager.streams.add(config)
  await rig.publishMany(10)
  // The new ones are acked with sequences that were others' before.
  t.like(await rig.audit(), { verdict: 'fail', lost: 30, ackConflict: 20, read: 10 })
})

test('an ack that comes too late still obliges the stream', async (t) => {
  const rig = await Rig.start(t)
  process.kill(rig.pid, 'SIGSTOP')
  // The signal is on its way: what is published before it arrives is acked.
  while ((await rig.publish({}, 50)).outcome === 'acked');
  process.kill(rig.pid, 'SIGCONT')
  while (rig.ledger.acksOf('ORDERS').late === 0) await rig.publisher.flush()
  const acked = rig.ledger.attempts
  t.like(await rig.audit(), { ...nothing, verdict: 'pass', acked, lateAcked: 1, recovered: 1 })
  await rig.manager.streams.deleteMessage('ORDERS', acked)
  t.like(await rig.audit(), { ...nothing, verdict: 'fail', acked, lost: 1, lateAcked: 1 })
})

test('a reading whose consumer is taken away goes on where it was; one out of time is unknown', async (t) => {
  const rig = await Rig.start(t)
  await rig.publishMany(20_000)
  const seen: number[] = []
  const reading = await readStream(rig.nats, 'ORDERS', now() + ampleMs, (_, sequence) => {
    seen.push(sequence)
    if (sequence === 5_000) void removeConsumers()
  })
  t.like(reading, { outcome: 'finished', reached: 20_000 })
  t.deepEqual(
    seen,
    Array.from({ length: 20_000 }, (_, index) => index + 1),
  )
  t.like(await rig.audit(0), { verdict: 'unknown', lost: 0, readToEnd: false })

  async function removeConsumers(): Promise<void> {
    // The reading may have come to its end meanwhile, and have taken it away itself.
    for await (const { name } of rig.manager.consumers.list('ORDERS'))
      await rig.manager.consumers.delete('ORDERS', name).catch(() => {})
  }
})
