import test from 'ava'
import { RegionCourse } from '../../../lib/run/recovery/region-course.ts'
import { type MadeLook, madeLook } from '../../observe/region-rounds.ts'

const silent: MadeLook = { heard: [undefined, undefined] }
const unlisted: MadeLook = { ...silent, listed: [false, true] }

/** Looks at 0 s, 1 s, 2 s …, of which the first is before the fault at 0.5 s. */
function courseOf(healedAt: number | undefined, ...looks: MadeLook[]): RegionCourse {
  const [before, ...after] = looks.map((look, index) => madeLook(index * 1_000, look))
  const course = new RegionCourse(500, [before!])
  if (healedAt !== undefined) course.healed(healedAt)
  for (const [index, look] of after.entries()) course.add((index + 1) * 1_000, [look])
  return course
}

test('a region that was cut off: how long nothing crossed, and when it was back, by messages and by the servers', (t) => {
  const course = courseOf(3_500, {}, {}, silent, unlisted, unlisted, { heard: [4_700, 4_900] }, {}, {})
  t.deepEqual(course.result(9_000, true), {
    'a-b': { silentMs: 3_900, unlistedAfterMs: 2_500, crossed: { ms: 1_400 }, listed: { ms: 1_500 } },
  })
  t.deepEqual(course.sign, { at: 2_000, text: 'no message crossed from a to b' })
  t.deepEqual(course.kept, [])
})

test('a link that the heal closes is listed for a moment still, and that does not count', (t) => {
  const course = courseOf(1_900, {}, silent, silent, unlisted, unlisted, {}, unlisted)
  t.deepEqual(course.result(9_000, true)['a-b']!.listed, { ms: 3_100 })
})

test('one that never came back is waited for in vain; without a heal nothing is said of coming back', (t) => {
  const course = courseOf(2_500, {}, {}, unlisted, unlisted, unlisted)
  t.deepEqual(course.result(6_000, true), {
    'a-b': {
      silentMs: 5_000,
      unlistedAfterMs: 1_500,
      crossed: { notWithinMs: 3_500 },
      listed: { notWithinMs: 3_500 },
    },
  })
  t.deepEqual(courseOf(undefined, {}, {}, silent).result(3_000, false), { 'a-b': { silentMs: 2_000 } })
})

test('one way alone is apart too', (t) => {
  const course = courseOf(2_500, {}, {}, { heard: [2_000, undefined] }, {})
  t.deepEqual(course.sign, { at: 2_000, text: 'no message crossed from b to a' })
  t.deepEqual(course.result(9_000, true)['a-b']!.crossed, { ms: 500 })
})

test('regions that were never apart, or only long after the heal, were kept; those that were before are no sign', (t) => {
  t.deepEqual(courseOf(1_200, {}, {}, {}, {}, silent).kept, ['a-b'])
  t.deepEqual(courseOf(1_200, {}, {}, {}).result(3_000, true), {})
  t.is(courseOf(1_200, silent, silent).sign, undefined)
})
