import test from 'ava'
import { lookSeldom } from '../../lib/live/look-seldom.ts'

test('who asks while one looks, or soon after, gets what was seen', async (t) => {
  let looks = 0
  const see = lookSeldom(async () => ++looks, { everyMs: 60_000, share: 0 })
  t.deepEqual(await Promise.all([see(), see()]), [1, 1])
  t.is(await see(), 1)
})

test('what was seen is good for no longer than it is said to be, but for a share of what looking took', async (t) => {
  let looks = 0
  const see = lookSeldom(async () => ++looks, { everyMs: 0, share: 0 })
  t.deepEqual([await see(), await see()], [1, 2])
  let slow = 0
  const look = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return ++slow
  }
  const seldom = lookSeldom(look, { everyMs: 0, share: 100_000 })
  t.deepEqual([await seldom(), await seldom()], [1, 1])
})

test('a look that failed is made again', async (t) => {
  let looks = 0
  const see = lookSeldom(
    async () => {
      looks += 1
      if (looks === 1) throw new Error('nothing to see')
      return looks
    },
    { everyMs: 60_000, share: 0 },
  )
  await t.throwsAsync(see(), { message: 'nothing to see' })
  t.is(await see(), 2)
})
