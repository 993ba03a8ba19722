import test from 'ava'
import { Recording } from '../../lib/run/recording.ts'
import { Windows } from '../../lib/run/windows.ts'
import type { Plan } from '../../lib/script/index.ts'

test('what happens to a client before the load is at its beginning, and a report can hold it', (t) => {
  const plan = { metrics: [], phases: [{ name: 'only' }] } as unknown as Plan
  const recording = new Recording(plan, new Windows(['only']))
  const event = { kind: 'disconnect', client: 'publisher' } as const
  recording.take({ type: 'event', event: { ...event, at: 5_000 } })
  recording.origin = 7_000
  recording.take({ type: 'event', event: { ...event, at: 7_250 } })
  t.deepEqual(
    recording.events.map(({ at }) => at),
    [0, 250],
  )
})
