import test from 'ava'
import { AckDemux, type AckOutcome } from '../../lib/load/publish/acks.ts'
import { Rig } from './ledger-rig.ts'

test('an ack that comes again is nobody else’s, whether that one waits or was given up', async (t) => {
  const { nats } = await Rig.start(t)
  const settled: [string, AckOutcome['outcome']][] = []
  const late: string[] = []
  const acks = new AckDemux<string>(nats, {
    now: () => performance.now(),
    settled: (name, { outcome }) => settled.push([name, outcome]),
    late: (name) => late.push(name),
  })
  const ack = async (reply: string, seq: number) => {
    nats.publish(reply, JSON.stringify({ stream: 'ORDERS', seq }))
    await nats.flush()
  }
  const first = acks.expect('first', 60_000)
  await ack(first, 1)
  // It is in the slot that the first one has left.
  const second = acks.expect('second', 60_000)
  await ack(first, 1)
  t.deepEqual(settled, [['first', 'acked']])
  acks.abandon('disconnected')
  await ack(first, 1)
  t.deepEqual(late, [])
  await ack(second, 2)
  await ack(second, 2)
  t.deepEqual(settled, [
    ['first', 'acked'],
    ['second', 'indeterminate'],
  ])
  t.deepEqual(late, ['second'])
})
