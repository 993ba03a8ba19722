import test from 'ava'
import { RestartPolicy } from '../../lib/services/restart-policy.ts'

const killed = { code: null, signal: 'SIGKILL' }

test('pauses double, and after five starts that did not help nobody tries any more', (t) => {
  const policy = new RestartPolicy('always')
  t.deepEqual(
    Array.from({ length: 6 }, () => policy.ended(killed, 0)),
    [250, 500, 1_000, 2_000, 4_000, undefined],
  )
  t.true(policy.gaveUp)
  t.deepEqual([policy.crashes, policy.exits], [6, Array(6).fill(killed)])
})

test('one that comes up and is ended again at once does not begin anew; one that was steady, or is started on purpose, does', (t) => {
  const policy = new RestartPolicy('always')
  policy.ended(killed, 0)
  t.is(policy.ended(killed, 9_000), 500)
  t.is(policy.ended(killed, 10_000), 250)
  t.is(policy.ended(killed, 100), 500)
  policy.reset()
  t.is(policy.ended(killed, 100), 250)
})

test('a service that wants none has none', (t) => {
  t.is(new RestartPolicy('never').ended(killed, 60_000), undefined)
})
