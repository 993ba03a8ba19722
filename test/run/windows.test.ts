import test from 'ava'
import { windowLabel } from '../../lib/measure/index.ts'
import { Windows } from '../../lib/run/recording/windows.ts'
import { isHealthy, RecoveryWatch } from '../../lib/run/recovery/index.ts'

test('what is seen before the load is of its beginning', (t) => {
  const windows = new Windows(['a', 'b'])
  t.deepEqual(windows.tagsAt(-1), { phase: 'a', window: 'baseline' })
  windows.startPhase(0, 0)
  windows.apply(1_000, 'x#1', 'x')
  t.deepEqual(windows.tagsAt(-1), { phase: 'a', window: 'baseline' })
  t.deepEqual(windows.tagsAt(1_000), { phase: 'a', window: 'fault', fault: 'x' })
})

test('windows follow faults, overlaps and recovery across phases', (t) => {
  const windows = new Windows(['a', 'b'])
  windows.startPhase(0, 0)
  windows.apply(1_000, 'x#1', 'x')
  windows.apply(2_000, 'y#1', 'y')
  windows.heal(3_000, 'x#1')
  windows.heal(4_000, 'y#1')
  windows.startPhase(5_000, 1)
  windows.recovered(6_000)
  t.false(windows.isOver(6_500))
  windows.end(7_000)
  t.false(windows.isOver(6_500))
  t.true(windows.isOver(7_500))
  t.deepEqual(
    windows.spans.map(({ phase, window, from, to }) => [phase, windowLabel(window), from, to]),
    [
      [0, 'baseline', 0, 1_000],
      [0, 'fault x', 1_000, 2_000],
      [0, 'fault x+y', 2_000, 3_000],
      [0, 'fault y', 3_000, 4_000],
      [0, 'recovery y', 4_000, 5_000],
      [1, 'recovery y', 5_000, 6_000],
      [1, 'baseline', 6_000, 7_000],
    ],
  )
  t.is(windows.secondsIn({ window: 'fault' }, 9_000), 3)
  t.is(windows.secondsIn({ fault: 'y' }, 9_000), 4)
  t.is(windows.secondsIn({ phase: 'b', check: 'x' }, 9_000), 2)
  t.is(windows.secondsOf({ window: 'fault', fault: 'x' }, 9_000), 1, 'x alone, as the series of x alone')
  t.is(windows.secondsOf({ window: 'fault', fault: 'x+y' }, 9_000), 1)
  t.is(windowLabel(windows.spanAt(2_500)!.window), 'fault x+y')
})

test('what opens when the load has ended is no part of the time that rates are per', (t) => {
  const windows = new Windows(['a'])
  windows.startPhase(0, 0)
  windows.apply(6_000, 'x#1', 'x')
  windows.end(8_000)
  windows.heal(8_010, 'x#1')
  t.is(windows.secondsIn({}, 40_000), 8)
  t.is(windows.secondsIn({ window: 'fault' }, 40_000), 2)
  t.is(windows.secondsIn({ window: 'recovery' }, 40_000), 0)
  t.is(windows.secondsIn({ window: 'recovery', fault: 'y' }, 40_000), undefined, 'there was none')
})

test('what is well again between two phases is so from the next one on', (t) => {
  const windows = new Windows(['a', 'b'])
  windows.startPhase(0, 0)
  windows.apply(1_000, 'x#1', 'x')
  windows.heal(2_000, 'x#1')
  windows.endPhase(3_000)
  t.is(windows.recovered(3_050).kind, 'baseline')
  windows.startPhase(3_100, 1)
  windows.end(4_000)
  t.deepEqual(
    windows.spans.map(({ phase, window, from, to }) => [phase, windowLabel(window), from, to]),
    [
      [0, 'baseline', 0, 1_000],
      [0, 'fault x', 1_000, 2_000],
      [0, 'recovery x', 2_000, 3_000],
      [1, 'baseline', 3_100, 4_000],
    ],
  )
})

const normal = { latencyP90: 2, rate: 100 }
const good = { from: 0, to: 1_000, connected: true, due: 100, completed: 99, errors: 0, latencyP90: 3 }

test('well again means connected, without errors, on rate, and as quick as before', (t) => {
  t.true(isHealthy(good, normal, true))
  t.false(isHealthy({ ...good, connected: false }, normal, true))
  t.false(isHealthy({ ...good, errors: 1 }, normal, true))
  t.false(isHealthy({ ...good, completed: 80 }, normal, true))
  t.false(isHealthy({ ...good, latencyP90: 8 }, normal, true))
  t.true(isHealthy({ ...good, latencyP90: 8 }, { latencyP90: 5, rate: 100 }, true))
  t.false(isHealthy({ ...good, completed: 70 }, normal, false))
})

test('recovery begins with the first of two healthy seconds in a row', (t) => {
  const watch = new RecoveryWatch(500)
  const at = (from: number) => ({ ...good, from, to: from + 1_000 })
  t.is(watch.observe(at(0), true), undefined, 'it began before the heal')
  t.is(watch.observe(at(600), true), undefined)
  t.is(watch.observe(at(1_600), false), undefined)
  t.is(watch.observe(at(2_600), true), undefined)
  t.is(watch.observe(at(3_600), true), 2_100)
})
