import test from 'ava'
import { verifyState } from '../../lib/load/verify-state.ts'
import { now } from '../../lib/measure/index.ts'

const later = () => now() + 60_000

test('what it returns is what differs; nothing is nothing', async (t) => {
  t.deepEqual(await verifyState(() => [], later()), { differences: [], count: 0 })
  t.deepEqual(await verifyState(() => undefined, later()), { differences: [], count: 0 })
  t.deepEqual(await verifyState(async () => ['k1 is gone', 7], later()), { differences: ['k1 is gone', '7'], count: 2 })
})

test('twenty are kept and all counted', async (t) => {
  const { differences, count } = await verifyState(() => Array.from({ length: 45 }, (_, key) => `k${key}`), later())
  t.deepEqual([differences.length, differences[0], count], [20, 'k0', 45])
})

test('one that throws, or does not end in time, has found something', async (t) => {
  const thrown = await verifyState(() => {
    throw new Error('no table')
  }, later())
  t.is(thrown.count, 1)
  t.regex(thrown.differences[0]!, /^verifyState\(\) threw: no table \(.*verify-state\.test\.ts/)
  // Its own timer keeps no process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  const late = await verifyState(() => new Promise(() => {}), now())
  t.is(late.count, 1)
  t.regex(late.differences[0]!, /^verifyState\(\) threw: it did not end before the drain did/)
})
