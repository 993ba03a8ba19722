import test from 'ava'
import { type InstanceLook, ServiceTimeline } from '../../lib/observe/index.ts'

const look = (name: string, active: boolean, more: Partial<InstanceLook> = {}): InstanceLook => ({
  name,
  active,
  cpu: undefined,
  rssBytes: undefined,
  fds: undefined,
  processes: undefined,
  queue: undefined,
  ...more,
})

test('a second has the fewest that were active, shares and means of its looks, and the most that was held', (t) => {
  const timeline = new ServiceTimeline(1_000)
  // Before the load nothing counts.
  timeline.look(900, [look('a-1', false)])
  timeline.look(1_000, [
    look('a-1', true, { cpu: 0.2, rssBytes: 10, fds: 5, processes: 3, queue: 1 }),
    look('a-2', true),
  ])
  timeline.look(1_250, [look('a-1', false, { queue: 4 }), look('a-2', true)])
  timeline.look(1_500, [
    look('a-1', true, { cpu: 0.4, rssBytes: 8, fds: 6, processes: 2, queue: 0 }),
    look('a-2', true),
  ])
  timeline.answered(
    1_500,
    new Map([
      ['a-1', 7],
      ['a-2', 3],
    ]),
  )
  timeline.look(3_000, [look('a-1', true), look('a-2', false)])
  const { intervalMs, at, active, instances } = timeline.build()
  t.deepEqual([intervalMs, at, active], [1_000, [0, 1_000, 2_000], [1, null, 1]])
  t.deepEqual(Object.keys(instances), ['a-1', 'a-2'])
  const [first] = Object.values(instances)
  t.is(first!.active[0]!.toFixed(3), '0.667')
  t.is(first!.cpu[0]!.toFixed(3), '0.300')
  t.deepEqual(
    [first!.rssBytes, first!.fds, first!.processes, first!.queue].map(([value]) => value),
    [10, 6, 3, 4],
  )
  t.deepEqual(first!.answered, [7, null, 0])
  t.deepEqual(instances['a-2']!.active, [1, null, 0])
  t.deepEqual(instances['a-2']!.cpu, [null, null, null])
})

test('what only answered was not looked at', (t) => {
  const timeline = new ServiceTimeline(0)
  timeline.answered(10, new Map([['a-1', 5]]))
  const { active, instances } = timeline.build()
  t.deepEqual([active, instances['a-1']!.active, instances['a-1']!.answered], [[null], [null], [5]])
})

test('it does not grow with time: neighbours are merged, and rates stay rates', (t) => {
  const timeline = new ServiceTimeline(0)
  for (let second = 0; second < 5_000; second += 1) {
    timeline.look(second * 1_000, [look('a-1', second !== 2_001)])
    timeline.answered(second * 1_000, new Map([['a-1', 10]]))
  }
  const { intervalMs, at, active, instances } = timeline.build()
  t.is(intervalMs, 2_000)
  t.is(at.length, 2_500)
  t.deepEqual([active[1_000], active[999]], [0, 1])
  t.true(instances['a-1']!.answered.every((rate) => rate === 10))
})
