import test from 'ava'
import { scheduleFor } from '../../lib/load/executors/schedule.ts'
import type { Executor } from '../../lib/load/index.ts'

function starts(executor: Extract<Executor, { kind: 'rate' | 'stages' }>, durationMs: number, seed = 1): number[] {
  const schedule = scheduleFor(executor, durationMs, seed)
  const times: number[] = []
  for (let due = schedule.next(); due !== Number.POSITIVE_INFINITY; due = schedule.next()) times.push(due)
  return times
}

test('a constant rate spaces its starts evenly from 0', (t) => {
  const times = starts({ kind: 'rate', rate: 200, arrival: 'constant' }, 1_000)
  t.is(times.length, 200)
  t.is(times[0], 0)
  for (const [index, time] of times.entries()) t.true(Math.abs(time - index * 5) < 1e-6)
})

test('fractional rates do not drift over a long run', (t) => {
  const times = starts({ kind: 'rate', rate: 333.3, arrival: 'constant' }, 3_600_000)
  t.is(times.length, Math.ceil(333.3 * 3_600))
  t.true(Math.abs(times.at(-1)! - ((times.length - 1) / 333.3) * 1_000) < 1e-3)
})

test('a ramp starts as many as the area under its rate, ever closer together', (t) => {
  const executor = {
    kind: 'stages',
    startRate: 0,
    stages: [{ durationMs: 10_000, target: 100 }],
    arrival: 'constant',
  } as const
  const times = starts(executor, 10_000)
  t.is(times.length, 500)
  const half = times.filter((time) => time < 5_000).length
  t.is(half, 125)
  t.true(times[1]! - times[0]! > times.at(-1)! - times.at(-2)!)
})

test('stages go up, hold, jump and come down; every start is in order', (t) => {
  const stages = [
    { durationMs: 2_000, target: 100 },
    { durationMs: 1_000, target: 100 },
    { durationMs: 0, target: 400 },
    { durationMs: 1_000, target: 0 },
  ]
  const times = starts({ kind: 'stages', startRate: 50, stages, arrival: 'constant' }, 4_000)
  t.is(times.length, 150 + 100 + 200)
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  const schedule = scheduleFor({ kind: 'stages', startRate: 50, stages, arrival: 'constant' }, 4_000, 1)
  t.is(schedule.rateAt(1_000), 75)
  t.is(schedule.rateAt(2_500), 100)
  t.is(schedule.rateAt(3_500), 200)
  t.is(schedule.dueBy(3_000), 250)
  t.is(schedule.dueBy(9_999), 450)
})

test('Poisson arrivals have the rate, exponential gaps, and repeat for the same seed', (t) => {
  const executor = { kind: 'rate', rate: 1_000, arrival: 'poisson' } as const
  const times = starts(executor, 60_000, 42)
  t.deepEqual(times, starts(executor, 60_000, 42))
  t.notDeepEqual(times, starts(executor, 60_000, 43))
  t.true(Math.abs(times.length - 60_000) < 4 * Math.sqrt(60_000))
  const gaps = times.slice(1).map((time, index) => time - times[index]!)
  const longerThanMean = gaps.filter((gap) => gap > 1).length / gaps.length
  t.true(Math.abs(longerThanMean - Math.exp(-1)) < 0.01)
})
