import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { now, windowLabel } from '../../lib/measure/index.ts'
import { Halts } from '../../lib/run/halts.ts'
import { LoadPlay, type PlayParts } from '../../lib/run/load-play.ts'
import { Recording } from '../../lib/run/recording.ts'
import { FaultCourses } from '../../lib/run/recovery/index.ts'
import { Windows } from '../../lib/run/windows.ts'
import type { Plan } from '../../lib/script/index.ts'
import { until } from '../topology/support.ts'

const durationMs = 300
const healMs = 750

/** Three phases, in the first of which is a fault whose heal outlasts it. */
function rig(second: object = {}) {
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
      ...(name === 'two' && second),
    })),
  } as unknown as Plan
  const windows = new Windows(plan.phases.map(({ name }) => name))
  const recording = new Recording(plan, windows)
  const courses = new FaultCourses({ recording, replicasCurrentAt: undefined })
  const halts = new Halts(() => {})
  const announced = new Map<number, number>()
  const healed: number[] = []
  const heal = async () => {
    await sleep(healMs)
    const healedAt = now()
    healed.push(healedAt)
    return { healingAt: healedAt, healedAt }
  }
  const play = new LoadPlay({
    plan,
    windows,
    recording,
    courses,
    halts,
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
      heal,
      healAll: heal,
    },
    observer: { phase() {}, window() {}, log() {}, stage() {}, interval() {} },
    areRegionsConnected: () => true,
  } as unknown as PlayParts)
  return { play, windows, courses, halts, announced, healed }
}

test('phases go by the clock while a fault is being healed, and after the load nothing is well again', async (t) => {
  const { play, windows, courses, announced, healed } = rig()
  const origin = play.begin()

  await play.play()

  const { endedAt } = windows
  const healedAt = healed[0]!
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
  t.deepEqual(play.faults.records[0]?.recovery?.recovered, { notWithinMs: 0 })
})

test('a load that is halted goes on until all is healed, and so do its windows', async (t) => {
  const { play, windows, halts, healed } = rig()
  play.begin()
  const playing = play.play()
  await until(() => windows.current.kind === 'fault')
  halts.halt({ kind: 'interrupted', reason: 'enough' })
  await playing
  t.true(Number.isNaN(windows.endedAt))
  await play.healAll()
  t.true(windows.endedAt >= healed[0]!)
})

test('iterations that run out while a fault of the phase before is being healed have run out', async (t) => {
  const { play, windows, healed } = rig({ executor: { kind: 'iterations' }, durationMs: 60_000 })
  const origin = play.begin()
  const playing = play.play()
  await until(() => play.phases.length === 2)
  const [, phase] = play.phases
  // A timer may be a fraction of a millisecond early, and nothing is over before it starts.
  const doneFrom = Math.max(phase!.startMs, now() - origin)
  play.phaseDone(1)
  const doneTo = Math.max(phase!.startMs, now() - origin)
  t.deepEqual(healed, [])
  await playing
  const endMs = phase!.endMs!
  t.true(doneFrom <= endMs && endMs <= doneTo, `${doneFrom} ≤ ${endMs} ≤ ${doneTo}`)
  t.true(windows.endedAt >= healed[0]!)
})
