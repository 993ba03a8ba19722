import test from 'ava'
import type { Effect } from '../../lib/faults/effect.ts'
import type { Fault } from '../../lib/faults/index.ts'
import { beatOf, Pulse } from '../../lib/faults/pulse.ts'
import { randomFrom } from '../../lib/measure/index.ts'
import { until } from '../topology/support.ts'

/** An effect that knows whether it is in force; it fails when it is applied for the `failing`th time. */
function effect(failing = Number.POSITIVE_INFINITY) {
  const state = { on: false, applied: 0 }
  const made: Effect = {
    target: 'link',
    where: 'link link',
    apply: async () => {
      state.applied += 1
      if (state.applied === failing) throw new Error('the proxy is gone')
      state.on = true
    },
    heal: async () => {
      state.on = false
    },
  }
  return { state, made }
}

const target = { kind: 'region', name: 'b' } as const

test('lost packets come at random moments, as often as is said on average, and by the seed', (t) => {
  const fault: Fault = { kind: 'lossyLink', target, stallMs: 200, everyMs: 2_000 }
  const beats = Array.from({ length: 10_000 }, (_, index) => index)
  const drawn = (seed: number) => {
    const beat = beatOf(fault, randomFrom(seed))!
    return beats.map(() => beat())
  }
  const first = drawn(1)
  t.true(first.every(({ onMs, offMs }) => onMs === 200 && offMs >= 0 && Number.isFinite(offMs)))
  const mean = first.reduce((sum, { onMs, offMs }) => sum + onMs + offMs, 0) / first.length
  t.true(Math.abs(mean - 2_000) < 100, `${mean} ms`)
  t.deepEqual(drawn(1), first)
  t.notDeepEqual(drawn(2), first)
})

test('what stays has no beat, what flaps has its own', (t) => {
  const partition = { kind: 'partition', shape: 'apart', target, mode: 'drop', allowQuorumLoss: false } as const
  t.is(
    beatOf(partition, () => 0),
    undefined,
  )
  const flapping = { onMs: 300, offMs: 500 }
  t.deepEqual(beatOf({ ...partition, flapping }, () => 0)!(), flapping)
})

test('it begins when all of it is in force, comes and goes as one, and is off once healed', async (t) => {
  const [one, other] = [effect(), effect()]
  const pulse = new Pulse([one.made, other.made], () => ({ onMs: 5, offMs: 5 }))
  const [first, second] = pulse.effects
  await first!.apply()
  t.is(pulse.times, 0)
  await second!.apply()
  await until(() => pulse.times >= 3)
  await Promise.all([first!.heal(), second!.heal()])
  const { applied } = one.state
  t.is(applied, pulse.times)
  t.is(other.state.applied, applied)
  t.deepEqual([one.state.on, other.state.on], [false, false])
})

test('a change that fails ends it, is told by the heal, and leaves nothing in force', async (t) => {
  const [one, other] = [effect(), effect(2)]
  const pulse = new Pulse([one.made, other.made], () => ({ onMs: 1, offMs: 1 }))
  const { effects } = pulse
  for (const each of effects) await each.apply()
  await until(() => other.state.applied === 2)
  for (const each of effects) await t.throwsAsync(each.heal(), { message: 'the proxy is gone' })
  t.deepEqual([one.state.on, other.state.on], [false, false])
})
