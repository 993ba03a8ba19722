import test from 'ava'
import { NamedTimeline } from '../../lib/observe/named-timeline.ts'

test('what has a name comes second by second, with nothing where nothing was seen, and nothing of before the load', (t) => {
  const timeline = new NamedTimeline<number>(1_000, Math.max)
  const see = (at: number, messages: number) => timeline.add(at, [['billing', messages]])
  see(900, 99)
  see(1_100, 3)
  timeline.add(2_100, [])
  see(3_200, 7)
  see(3_900, 5)
  t.deepEqual(
    timeline.build((column) => column((messages) => messages)),
    { billing: [3, null, 7] },
  )
})
