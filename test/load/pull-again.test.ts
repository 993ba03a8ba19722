import test from 'ava'
import { AckPolicy } from 'nats'
import { pullAgain } from '../../lib/load/consume/pull-again.ts'
import { until } from '../topology/support.ts'
import { Rig } from './ledger-rig.ts'

test.serial('a consumer that nobody answers for is asked again long before its heartbeats are missed', async (t) => {
  const { nats, manager } = await Rig.start(t)
  const durable = { durable_name: 'billing', ack_policy: AckPolicy.Explicit }
  await manager.consumers.add('ORDERS', durable)
  const consumer = await nats.jetstream().consumers.get('ORDERS', 'billing')
  let received = 0
  const callback = () => {
    received += 1
  }
  // By itself it would notice after four minutes, which is longer than a test may take.
  const messages = await consumer.consume({ bind: true, expires: 300_000, idle_heartbeat: 120_000, callback })
  t.teardown(() => messages.stop())
  const over = pullAgain(messages)
  let unanswered = 0
  void (async () => {
    for await (const { type } of await messages.status()) if (type === 'no_responders') unanswered += 1
  })()
  await nats.jetstream().publish('orders.created')
  await until(() => received === 1)
  await manager.consumers.delete('ORDERS', 'billing')
  await until(() => unanswered >= 2)
  await manager.consumers.add('ORDERS', durable)
  await until(() => received === 2)
  messages.stop()
  await over
  t.pass()
})
