import test from 'ava'
import { BacklogTimeline } from '../../lib/observe/backlog-timeline.ts'

test('backlogs come second by second, with nothing where nothing was seen, and nothing of before the load', (t) => {
  const timeline = new BacklogTimeline(1_000)
  const see = (at: number, messages: number) => timeline.add(at, [{ stream: 'ORDERS', consumer: 'billing', messages }])
  see(900, 99)
  see(1_100, 3)
  timeline.add(2_100, [])
  see(3_200, 7)
  see(3_900, 5)
  t.deepEqual(timeline.build(), { billing: { backlog: [3, null, 7] } })
})
