import test from 'ava'
import { EventLog } from '../../lib/run/recording/event-log.ts'

test('of a client that is never content the first events are kept, and the others counted', (t) => {
  const log = new EventLog()
  const event = (at: number) => ({ at, kind: 'disconnect' as const, client: 'publisher' })
  for (let at = 0; at < 10_000; at += 1) log.add(event(at))
  t.is(log.remark, undefined)
  for (let at = 0; at < 1_234; at += 1) log.add(event(10_000 + at))
  t.is(log.kept.length, 10_000)
  t.is(log.kept.at(-1)!.at, 9_999)
  t.is(log.remark, 'the report has the first 10,000 events of the clients; 1,234 more are only in its counters')
})
