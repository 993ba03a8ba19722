import test from 'ava'
import type { AckTimes } from '../../../lib/load/index.ts'
import { AckCourse } from '../../../lib/run/recovery/ack-course.ts'

const acks = (first: number, last: number, gap?: readonly [from: number, to: number]): AckTimes => ({
  first,
  last,
  gap: gap && { from: gap[0], to: gap[1] },
  missed: undefined,
})
const silence: AckTimes = { first: undefined, last: undefined, gap: undefined, missed: undefined }

/** A fault at 10 s, the last ack before it at 9.99 s, healed at 15 s. */
function courseOf(...intervals: AckTimes[]) {
  const course = new AckCourse(10_000, 9_990, 50, 0)
  course.healed(15_000)
  for (const interval of intervals) course.add(interval)
  return course
}

test('acks that never stopped are back at once, and there is no gap', (t) => {
  const course = courseOf(acks(10_004, 14_996), acks(15_003, 19_999))
  t.deepEqual(course.result(20_000, undefined, undefined), {
    acksBack: { ms: 0 },
    acksAfterHeal: { ms: 3 },
    gap: undefined,
    ackStallMs: 0,
  })
})

test('acks are back at the end of the longest gap, which may have begun before the fault', (t) => {
  const course = courseOf(
    silence,
    acks(14_410, 14_990, [9_990, 14_410]),
    acks(15_020, 15_900, [15_100, 15_200]),
    acks(15_905, 19_999),
  )
  t.deepEqual(course.result(20_000, undefined, undefined), {
    acksBack: { ms: 4_410 },
    acksAfterHeal: { ms: 20 },
    gap: { from: 9_990, to: 14_410 },
    ackStallMs: 4_420,
  })
})

test('acks that stopped for no longer than in baselines did not stop for the fault, and the gap is told all the same', (t) => {
  const result = (calmMs: number) => {
    const course = new AckCourse(10_000, 9_990, 50, calmMs)
    course.healed(15_000)
    course.add(acks(10_004, 12_000, [10_800, 11_060]))
    return course.result(12_100, undefined, undefined)
  }
  t.deepEqual(result(200).acksBack, { ms: 1_060 })
  t.deepEqual(result(260).acksBack, { ms: 0 })
  t.deepEqual(result(260).gap, { from: 10_800, to: 11_060 })
  t.is(result(260).ackStallMs, 260)
})

test('of a stall only the time in which there was a leader counts, gap by gap', (t) => {
  const course = courseOf(acks(14_410, 14_990, [9_990, 14_410]), acks(16_500, 19_999, [14_990, 16_500]))
  const stall = (leaderless: number | undefined) => course.result(20_000, undefined, leaderless).ackStallMs
  t.is(stall(undefined), 4_420)
  // No leader from 10 s to 14 s: of the first gap 10 ms before and 410 ms after are left, of the second all.
  t.is(stall(14_000), 1_510)
  t.is(stall(17_000), 10)
})

test('what began after recovery is not the fault’s', (t) => {
  const course = courseOf(acks(10_004, 14_996), acks(15_001, 17_000), acks(18_500, 18_900, [17_000, 18_500]))
  t.deepEqual(course.result(18_900, 16_000, undefined).acksBack, { ms: 0 })
  t.deepEqual(course.result(18_900, undefined, undefined).acksBack, { ms: 8_500 })
})

test('acks that had not come back when the next fault began are waited for in vain', (t) => {
  const { acksBack, acksAfterHeal, gap, ackStallMs } = courseOf(silence).result(18_000, undefined, undefined)
  t.deepEqual(acksBack, { notWithinMs: 8_000 })
  t.deepEqual(acksAfterHeal, { notWithinMs: 3_000 })
  t.deepEqual(gap, { from: 9_990, to: 18_000 })
  t.is(ackStallMs, 8_010)
})

test('the time between two acks of a slow load is no gap', (t) => {
  const course = new AckCourse(10_000, 9_000, 3_000, 0)
  for (let at = 10_000; at < 20_000; at += 1_000) course.add(acks(at, at, [at - 1_000, at]))
  t.deepEqual(course.result(20_000, undefined, undefined), { acksBack: { ms: 0 }, gap: undefined, ackStallMs: 0 })
})

test('a heal in the middle of an interval: the last ack of it is the first that is known to have come after', (t) => {
  t.deepEqual(courseOf(acks(14_000, 15_004), acks(15_100, 16_000)).result(16_000, undefined, undefined).acksAfterHeal, {
    ms: 4,
  })
})
