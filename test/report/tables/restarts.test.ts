import test from 'ava'
import { type RestartRow, restartColumns } from '../../../lib/report/tables/restarts.ts'

const textOf = (row: RestartRow) =>
  Object.fromEntries(restartColumns([row]).map(({ title, text }) => [title, text(row)]))

test('each part of a turn lasts from the one before it, whichever order they came in', (t) => {
  const times = { beganAt: 1_000, drainedAt: 1_100, stoppedAt: 1_300, startedAt: 2_000, activeAt: 2_500 }
  t.deepEqual(textOf({ id: 'roll#1', instance: 'router-1', ...times }), {
    Restarts: 'roll#1',
    instance: 'router-1',
    drained: '100ms',
    stopped: '200ms',
    started: '700ms',
    active: '500ms',
    'in all': '1.5s',
  })
  // The new one is started first.
  const surge = { beganAt: 1_000, startedAt: 1_700, drainedAt: 1_800, stoppedAt: 2_000, activeAt: 2_050 }
  const { drained, stopped, started, active } = textOf({ id: 'roll#1', instance: 'router-1', ...surge })
  t.deepEqual([started, drained, stopped, active], ['700ms', '100ms', '200ms', '50ms'])
})

test('what never came and who had to be killed is said in words', (t) => {
  const row = { id: 'roll#1', instance: 'router-1', beganAt: 0, drainedAt: 0, stoppedAt: 3_000, killed: true }
  const { drained, stopped, started, active, 'in all': all } = textOf(row)
  t.deepEqual([drained, stopped, started, active, all], ['0s', '3s, killed', 'never', 'never', 'never'])
})
