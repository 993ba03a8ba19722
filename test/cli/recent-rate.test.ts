import test from 'ava'
import { RecentRate } from '../../lib/cli/recent-rate.ts'

function rateAfter(...intervals: readonly (readonly [to: number, completed: number])[]): number {
  const rate = new RecentRate()
  let from = 0
  for (const [to, completed] of intervals) {
    rate.add({ from, to, completed })
    from = to
  }
  return Math.round(rate.perSecond)
}

test('the live rate is of a second, wherever a phase or a fault cuts it', (t) => {
  t.is(rateAfter(), 0)
  t.is(rateAfter([1_000, 100]), 100)
  t.is(rateAfter([1_000, 100], [2_000, 300]), 300, 'a second alone')
  t.is(rateAfter([1_000, 100], [1_999.6, 300]), 300, 'a timer may be early')
  t.is(rateAfter([1_000, 100], [1_002, 0]), 100, 'an edge just after a second, in which nothing ended')
  t.is(rateAfter([1_000, 100], [1_006, 15]), 114, 'one in which much did')
  t.is(rateAfter([1_000, 100], [1_300, 30], [1_600, 30], [1_900, 30]), 100)
  t.is(rateAfter([1_000, 100], [1_002, 0], [2_000, 0]), 0, 'nothing ended for a second')
})
