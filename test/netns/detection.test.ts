import type { ExecutionContext } from 'ava'
import { partition, region } from '../../lib/faults/index.ts'
import { until } from '../topology/support.ts'
import { crossed, occurrence, start } from './rig.ts'
import { netnsTest, planned } from './support.ts'

const modes = ['drop', 'down'] as const

/** How long it takes until a server lists a link no more that was cut, in milliseconds, by mode. */
async function detection(t: ExecutionContext, driver: 'process' | 'netns') {
  const rig = await start(t, planned({ a: 1, b: 1 }), driver)
  const took = { down: 0, drop: 0 }
  for (const mode of modes) {
    const cut = occurrence(partition(region('b'), { mode }))
    const since = performance.now()
    await rig.injector.apply(cut)
    await until(async () => !(await crossed(rig)).includes('b1-a1'))
    took[mode] = performance.now() - since
    const healed = performance.now()
    await rig.injector.heal(cut)
    await until(async () => (await crossed(rig)).includes('b1-a1'))
    const back = performance.now() - healed
    t.log(`${driver} ${mode}: noticed after ${Math.round(took[mode])} ms, back ${Math.round(back)} ms after the heal`)
  }
  return took
}

netnsTest(
  'a closed socket is told of at once, a reset with the next packet, and of dropped packets nobody tells',
  async (t) => {
    const [proxies, kernel] = await Promise.all([detection(t, 'process'), detection(t, 'netns')])
    for (const { down, drop } of [proxies, kernel]) {
      // Servers ping every 2 s, and give up after 2 pings without an answer.
      t.true(drop > 3_000)
      t.true(down < drop)
    }
  },
)
