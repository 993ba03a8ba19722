import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { now, windowLabel } from '../../lib/measure/index.ts'
import { Halts } from '../../lib/run/halts.ts'
import { LoadPlay, type PlayParts } from '../../lib/run/load-play.ts'
import { Recording } from '../../lib/run/recording.ts'
import { FaultCourses } from '../../lib/run/recovery/index.ts'
import { Windows } from '../../lib/run/windows.ts'
import type { Plan } from '../../lib/script/index.ts'

const durationMs = 300
const healMs = 750

test('phases go by the clock while a fault is being healed, and after the load nothing is well again', async (t) => {
  const executor = { kind: 'rate' }
  const fault = { id: 'roll#1', name: 'roll', fault: { kind: 'rollingRestart' }, atMs: 100, forMs: null }
  const plan = {
    metrics: [],
    consumers: [],
    services: [],
    topology: { kind: 'single' },
    phases: ['one', 'two', 'three'].map((name) => ({
      name,
      durationMs,
      executor,
      faults: name === 'one' ? [fault] : [],
    })),
  } as unknown as Plan
  const windows = new Windows(plan.phases.map(({ name }) => name))
  const recording = new Recording(plan, windows)
  const courses = new FaultCourses({ recording, replicasCurrentAt: undefined })
  const announced = new Map<number, number>()
  let healedAt = Number.NaN
  const parts = {
    plan,
    windows,
    recording,
    courses,
    halts: new Halts(() => {}),
    generator: {
      send(message: { type: string; index: number }) {
        if (message.type === 'phase') announced.set(message.index, now())
      },
    },
    injector: {
      async apply(_: unknown, onStart: (at: number) => void) {
        onStart(now())
        return { targets: ['svc'], applyingAt: now(), appliedAt: now() }
      },
      async heal() {
        await sleep(healMs)
        healedAt = now()
        return { healingAt: healedAt, healedAt }
      },
    },
    observer: { phase() {}, window() {}, log() {}, stage() {}, interval() {} },
    areRegionsConnected: () => true,
  } as unknown as PlayParts
  const play = new LoadPlay(parts)
  const origin = play.begin()

  const endedAt = await play.play()

  t.is(endedAt, origin + 3 * durationMs)
  t.true(healedAt > endedAt)
  for (const index of [1, 2]) t.true(announced.get(index)! < origin + index * durationMs, `phase ${index} in time`)
  const inForce = windows.spans.filter(({ window }) => windowLabel(window) === 'fault roll')
  t.deepEqual(
    inForce.map(({ phase, to }) => [phase, to]),
    [1, 2, 3].map((index) => [index - 1, origin + index * durationMs]),
  )
  t.true(windows.isOver(healedAt))

  // Two seconds after the load, in which nothing was due and nothing failed.
  for (const from of [healedAt, healedAt + 1_000]) {
    const interval = { from, to: from + 1_000, connected: true, due: 0, completed: 0, errors: 0, done: 0, acks: {} }
    play.observe(interval as unknown as Parameters<LoadPlay['observe']>[0])
  }
  courses.end(endedAt, now())
  t.deepEqual(play.faults[0]?.recovery?.recovered, { notWithinMs: 0 })
})
