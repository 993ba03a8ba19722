import test from 'ava'
import { now, windowLabel } from '../../lib/measure/index.ts'
import { Halts } from '../../lib/run/halts.ts'
import { LoadPlay, type PlayParts } from '../../lib/run/play/load-play.ts'
import { Recording } from '../../lib/run/recording/recording.ts'
import { type Span, Windows } from '../../lib/run/recording/windows.ts'
import { FaultCourses } from '../../lib/run/recovery/index.ts'
import { sleepUntil } from '../../lib/run/sleep-until.ts'
import type { Plan } from '../../lib/script/index.ts'
import { watchStandstill } from '../standstill.ts'
import { until } from '../topology/support.ts'

const durationMs = 300

/** Three phases, in the first of which is a fault whose heal lasts until it is let go. */
function rig({ second = {}, onApplied = () => {} }: { second?: object; onApplied?: () => void } = {}) {
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
  const announced = new Set<number>()
  const inTime = new Set<number>()
  /** Notes, 50 ms before it is due, whether the next phase has been announced: by a timer that is set after the play's own. */
  const notePhase = (index: number, startsAt: number) =>
    queueMicrotask(async () => {
      await sleepUntil(startsAt + durationMs - 50, halts.signal)
      if (announced.has(index + 1)) inTime.add(index + 1)
    })
  const healed: number[] = []
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let isHealing = false
  const heal = async () => {
    isHealing = true
    await held
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
        if (message.type === 'phase') announced.add(message.index)
      },
    },
    injector: {
      async apply(_: unknown, onStart: (at: number) => void) {
        onStart(now())
        onApplied()
        return { targets: ['svc'], applyingAt: now(), appliedAt: now() }
      },
      heal,
      healAll: heal,
    },
    observer: { phase: notePhase, window() {}, log() {}, stage() {}, interval() {} },
    areRegionsConnected: () => true,
  } as unknown as PlayParts)
  return { play, windows, courses, halts, inTime, healed, letGo, isHealing: () => isHealing }
}

test('phases go by the clock while a fault is being healed, and after the load nothing is well again', async (t) => {
  const standstill = watchStandstill(t)
  const { play, windows, courses, inTime, healed, letGo, isHealing } = rig()
  const origin = play.begin()
  const playing = play.play()
  await until(() => isHealing() && !Number.isNaN(windows.endedAt))
  letGo()
  await playing

  const { endedAt } = windows
  const healedAt = healed[0]!
  t.is(endedAt, origin + 3 * durationMs)
  t.true(healedAt > endedAt)
  t.deepEqual([...inTime], [1, 2])
  const inForce = windows.spans.filter(({ window }) => windowLabel(window) === 'fault roll')
  const [{ phase: first }] = inForce as [Span]
  t.true(first === 0 || standstill.longestMs > 200, 'it was due 200 ms before the end of its phase')
  t.deepEqual(
    inForce.map(({ phase, to }) => [phase, to]),
    [1, 2, 3].map((index) => [index - 1, origin + index * durationMs]).slice(first),
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
  const { play, windows, halts, healed, letGo } = rig({
    onApplied: () => setImmediate(() => halts.halt({ kind: 'interrupted', reason: 'enough' })),
  })
  play.begin()
  await play.play()
  t.is(windows.current.kind, 'fault')
  t.true(Number.isNaN(windows.endedAt))
  letGo()
  await play.healAll()
  t.true(windows.endedAt >= healed[0]!)
})

test('iterations that run out while a fault of the phase before is being healed have run out', async (t) => {
  const second = { executor: { kind: 'iterations' }, durationMs: 60_000 }
  const { play, windows, healed, letGo, isHealing } = rig({ second })
  const origin = play.begin()
  const playing = play.play()
  await until(() => play.phases.length === 2 && isHealing())
  const [, phase] = play.phases
  // A timer may be a fraction of a millisecond early, and nothing is over before it starts.
  const doneFrom = Math.max(phase!.startMs, now() - origin)
  play.phaseDone(1)
  const doneTo = Math.max(phase!.startMs, now() - origin)
  letGo()
  await playing
  const endMs = phase!.endMs!
  t.true(doneFrom <= endMs && endMs <= doneTo, `${doneFrom} ≤ ${endMs} ≤ ${doneTo}`)
  t.true(windows.endedAt >= healed[0]!)
})
