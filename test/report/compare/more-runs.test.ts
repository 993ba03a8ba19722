import test from 'ava'
import { judge } from '../../../lib/report/compare/judge.ts'
import { mostMoreRuns } from '../../../lib/report/compare/more-runs.ts'
import { normalBeyond, normalChance } from '../../../lib/report/compare/normal.ts'
import { draw, normals } from '../normals.ts'

const leastShift = Math.log(1.05)
const judged = (base: readonly number[], head: readonly number[]) =>
  judge([{ base, head, leastShift, better: 'lower' }])[0]!

/** Of INCONCLUSIVE comparisons of 8 + 8 runs: how many more each asks for, and how many have a verdict with those, or with a part of them. */
function asked(sd: number, shift: number, pairs: number, part = 1) {
  const next = normals(11)
  const more: number[] = []
  let decided = 0
  while (more.length < pairs) {
    const [base, head] = [draw(8, () => sd * next()), draw(8, () => shift + sd * next())]
    const { verdict, moreRuns } = judged(base, head)
    if (verdict !== 'INCONCLUSIVE') continue
    const count = moreRuns ?? Number.NaN
    more.push(count)
    const added = Math.ceil(part * count)
    const then = judged(
      [...base, ...draw(added, () => sd * next())],
      [...head, ...draw(added, () => shift + sd * next())],
    )
    if (then.verdict !== 'INCONCLUSIVE') decided += 1
  }
  return { more: more.sort((a, b) => a - b), share: decided / pairs }
}

test('the runs that are asked for are enough in most cases, and a fifth of them is not where nothing has changed', (t) => {
  for (const [sd, shift] of [
    [0.05, 0],
    [0.05, Math.log(1.1)],
    [0.08, 0],
  ] as const) {
    const { more, share } = asked(sd, shift, 60)
    t.log(`noise ${sd}, shift ${shift.toFixed(3)}: ${more[30]} more; then ${(share * 100).toFixed(0)} % have a verdict`)
    t.true(share >= 0.5, `${share}`)
    if (shift === 0) t.true(asked(sd, shift, 60, 0.2).share < 0.4)
  }
})

test('a huge noise floor is no margin to be content with', (t) => {
  // Noise of 30 % and no shift: until the interval is within 5 %, it takes hundreds of runs.
  const next = normals(12)
  const more = draw(50, () => {
    const { moreRuns } = judged(
      draw(8, () => 0.3 * next()),
      draw(8, () => 0.3 * next()),
    )
    return moreRuns ?? 0
  }).sort((a, b) => a - b)
  t.log(`asks for ${more[10]} … ${more[25]} … ${more[40]}`)
  t.true(more[25]! >= 300)
  t.true(more[49]! <= mostMoreRuns)
})

test('the normal distribution', (t) => {
  t.true(Math.abs(normalChance(1.959964) - 0.975) < 1e-6)
  t.true(Math.abs(normalChance(-1) - 0.158655) < 1e-6)
  t.true(Math.abs(normalBeyond(0.05) - 1.959964) < 1e-4)
  t.true(Math.abs(normalBeyond(0.005) - 2.807034) < 1e-4)
})
