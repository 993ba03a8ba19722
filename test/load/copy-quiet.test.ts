import test from 'ava'
import { CopyQuiet } from '../../lib/load/audit/copy-quiet.ts'

test('a copy is quiet when it gets nothing new from origins that it hears of', (t) => {
  const copy = new CopyQuiet()
  t.false(copy.isQuiet(0, 100, true))
  t.false(copy.isQuiet(2_000, 101, true))
  t.false(copy.isQuiet(4_000, 101, true))
  t.true(copy.isQuiet(4_500, 101, true))
})

test('how long it got nothing while it heard of none counts for nothing', (t) => {
  const copy = new CopyQuiet()
  t.false(copy.isQuiet(0, 1_100, true))
  t.false(copy.isQuiet(42_000, 1_100, false))
  // Found again: what it missed is on its way.
  t.false(copy.isQuiet(42_100, 1_100, true))
  t.false(copy.isQuiet(42_200, 1_599, true))
  t.true(copy.isQuiet(44_700, 1_599, true))
})
