import test from 'ava'
import { BaselineRate } from '../../../lib/run/recovery/baseline-rate.ts'
import { RateCourse } from '../../../lib/run/recovery/rate-course.ts'

/** A fault from 10 s to 12 s in a load whose baseline is 100 a second; then one interval a second from 12 s on. */
function courseOf(during: readonly number[], after: readonly number[]) {
  const course = new RateCourse(100, 10_000)
  const add = (from: number, done: number) => course.add({ from, to: from + 1_000, done })
  add(9_000, 100)
  during.forEach((done, index) => {
    add(10_000 + index * 1_000, done)
  })
  course.healed(12_000)
  after.forEach((done, index) => {
    add(12_000 + index * 1_000, done)
  })
  return course
}

test('throughput during a fault is the mean over it, as a share of the baseline’s median', (t) => {
  t.deepEqual(courseOf([30, 10], [100]).throughput(), { baseline: 100, during: 20, share: 0.2 })
  t.is(new RateCourse(100, 10_000).throughput(), undefined)
})

test('full throughput is the first of five seconds in a row at 95 %, to within one message', (t) => {
  t.deepEqual(courseOf([0, 0], [100, 100, 100, 100, 100]).full(20_000), { ms: 0 })
  t.deepEqual(courseOf([0, 0], [50, 94, 100, 99, 96, 95]).full(20_000), { ms: 1_000 })
  t.deepEqual(courseOf([0, 0], [100, 100, 100, 100, 93, 95, 95, 95, 95, 95]).full(30_000), { ms: 5_000 })
})

test('four seconds and the end are not five', (t) => {
  t.deepEqual(courseOf([0, 0], [100, 100, 100, 100]).full(16_000), { notWithinMs: 4_000 })
})

test('a short interval is joined to the next', (t) => {
  const course = new RateCourse(100, 10_000)
  course.healed(12_000)
  course.add({ from: 12_000, to: 12_010, done: 0 })
  course.add({ from: 12_010, to: 13_000, done: 100 })
  for (let from = 13_000; from < 17_000; from += 1_000) course.add({ from, to: from + 1_000, done: 100 })
  t.deepEqual(course.full(20_000), { ms: 0 })
})

test('the baseline is the phase’s own where it is known, else that of all', (t) => {
  const rates = new BaselineRate()
  t.is(rates.median(0), undefined)
  for (const rate of [90, 100, 100, 110, 100]) rates.add(0, rate)
  for (const rate of [500, 500, 500, 500]) rates.add(1, rate)
  t.is(Math.round(rates.median(0)!), 100)
  t.is(Math.round(rates.median(1)!), 110)
  rates.add(1, 500)
  t.is(Math.round(rates.median(1)!), 500)
})
