import test from 'ava'
import { now } from '../../lib/measure/index.ts'
import { sleepUntil } from '../../lib/run/sleep-until.ts'

test('it is never woken before its time, though timers are', async (t) => {
  const times = Array.from({ length: 300 }, (_, index) => now() + 20 + index * 1.37)
  const late = await Promise.all(
    times.map((time) => sleepUntil(time, new AbortController().signal).then(() => now() - time)),
  )
  t.deepEqual(
    late.filter((ms) => ms < 0),
    [],
  )
})

test('a signal wakes it at once', async (t) => {
  const abort = new AbortController()
  const woken = sleepUntil(now() + 3_600_000, abort.signal)
  abort.abort()
  await woken
  await sleepUntil(now() + 3_600_000, abort.signal)
  t.pass()
})
