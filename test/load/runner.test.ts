import test from 'ava'
import type { PhasePlan } from '../../lib/load/executors/phase.ts'
import { Runner, type RunnerParts } from '../../lib/load/executors/runner.ts'
import { Tagger } from '../../lib/load/tagger.ts'
import { now, SampleRegistry } from '../../lib/measure/index.ts'

const executors: readonly PhasePlan['executor'][] = [
  { kind: 'vus', vus: 3 },
  { kind: 'rate', rate: 200, arrival: 'constant' },
  { kind: 'iterations', iterations: 2, vus: 2 },
]

function rig(load: (phase: number) => unknown, plan: Partial<PhasePlan>) {
  const phases = Array.from({ length: 12 }, (_, index) => ({
    name: `p${index}`,
    durationMs: 15.7,
    executor: executors[index % executors.length]!,
    gracefulStopMs: 10_000,
    maxInFlight: 100,
    overrun: 'drop' as const,
    ackTimeoutMs: 1_000,
    thinkTimeMs: 5,
    faults: [],
    ...plan,
  }))
  const begun = new Set<number>()
  const done = new Map<number, number>()
  const parts = {
    phases,
    pacing: 'eco',
    seed: 1,
    load: ({ phase }) => load(phase.index),
    tagger: new Tagger(
      new SampleRegistry([], () => {}),
      phases.map(({ name }) => name),
    ),
    phaseBegins: (index) => begun.add(index),
    phaseDone: (index) => done.set(index, now()),
    iterationThrew: () => {},
  } as Partial<RunnerParts> as RunnerParts
  return { runner: new Runner(parts), phases, begun, done }
}

test('no iteration starts before its phase, and what begins with a phase is told first', async (t) => {
  const startsAt: number[] = []
  const started = new Set<number>()
  const wrong: string[] = []
  const { runner, phases, begun } = rig((phase) => {
    started.add(phase)
    if (now() < startsAt[phase]!) wrong.push(`phase ${phase} ${startsAt[phase]! - now()} ms early`)
    if (!begun.has(phase)) wrong.push(`phase ${phase} untold`)
  }, {})
  const origin = now() + 20
  for (const [index, { durationMs }] of phases.entries()) {
    startsAt.push(origin + index * durationMs)
    runner.startPhase(index, startsAt[index]!)
  }
  await new Promise((resolve) => setTimeout(resolve, startsAt.at(-1)! + 15 - now()))
  t.is(await runner.finish(now() + 10_000, false), 0)
  t.deepEqual(wrong, [])
  t.true(started.size > executors.length)
})

test('users do not think when there are no iterations left', async (t) => {
  const executor = { kind: 'iterations', iterations: 2, vus: 2 } as const
  const { runner, done } = rig(() => {}, { executor, durationMs: 60_000, thinkTimeMs: 60_000 })
  runner.startPhase(0, now())
  while (!done.has(0)) await new Promise(setImmediate)
  await runner.finish(now(), true)
  t.pass()
})
