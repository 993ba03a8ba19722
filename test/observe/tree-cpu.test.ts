import test from 'ava'
import type { ProcessStat } from '../../lib/observe/process-stat.ts'
import { TreeCpu } from '../../lib/observe/tree-cpu.ts'

/** Process 1 is the tree's first, and started each other one, unless it is said otherwise. */
const stat = (pid: number, cpuMs: number, more: Partial<ProcessStat> = {}): ProcessStat => ({
  pid,
  startTicks: 100 + pid,
  parent: pid === 1 ? 0 : 1,
  session: 1,
  cpuMs,
  waitedMs: 0,
  ...more,
})

/** What each look but the first counted. */
function counted(...looks: readonly (readonly ProcessStat[])[]): (number | undefined)[] {
  const cpu = new TreeCpu()
  const [first, ...others] = looks.map((stats) => cpu.take(stats))
  if (first !== undefined) throw new Error('the first look has nothing to compare with')
  return others
}

test('the use of all is added up; what was used before the first look is not', (t) => {
  t.deepEqual(counted([stat(1, 5_000), stat(2, 900_000)], [stat(1, 5_010), stat(2, 900_800)]), [810])
})

test('a child that started since counts from its start, with what it has waited for', (t) => {
  t.deepEqual(counted([stat(1, 10)], [stat(1, 20), stat(2, 300, { waitedMs: 40 })]), [350])
})

test('a child that ended counts to its end, and once', (t) => {
  const looks = [
    [stat(1, 0), stat(2, 60_000)],
    [stat(1, 0), stat(2, 60_400)],
    [stat(1, 10, { waitedMs: 60_700 })],
    [stat(1, 10, { waitedMs: 60_700 })],
  ]
  t.deepEqual(counted(...looks), [400, 310, 0])
})

test('so does one whose parent has ended too, and one that no look ever saw', (t) => {
  const before = [stat(1, 0), stat(2, 200), stat(3, 5_000, { parent: 2, waitedMs: 70 })]
  t.deepEqual(counted(before, [stat(1, 0, { waitedMs: 200 + 5_070 + 330 })]), [330])
  t.deepEqual(counted([stat(1, 0)], [stat(1, 0, { waitedMs: 250 })]), [250])
})

test('a zombie stays as it is until it is waited for', (t) => {
  t.deepEqual(
    counted([stat(1, 0), stat(2, 500)], [stat(1, 0), stat(2, 620)], [stat(1, 0, { waitedMs: 620 })]),
    [120, 0],
  )
})

test('a child that ended between the reading of its parent and its own is in the next look', (t) => {
  const late = [[stat(1, 0), stat(2, 60_000)], [stat(1, 30)], [stat(1, 40, { waitedMs: 60_250 })]]
  t.deepEqual(counted(...late), [30, 260])
  // Of two, one may be in time.
  const two = [
    [stat(1, 0), stat(2, 60_000), stat(3, 90_000)],
    [stat(1, 0, { waitedMs: 60_100 })],
    [stat(1, 0, { waitedMs: 60_100 + 90_200 })],
  ]
  t.is(
    counted(...two).reduce((sum, used) => sum! + used!, 0),
    300,
  )
  // And its parent may have ended before the next look.
  const nested = [
    [stat(1, 0), stat(2, 50), stat(3, 60_000, { parent: 2 })],
    [stat(1, 0), stat(2, 60)],
    [stat(1, 0, { waitedMs: 60 + 60_500 })],
  ]
  t.deepEqual(counted(...nested), [10, 500])
})

test('one that its parent never waits for loses what it used last, and nothing else', (t) => {
  const looks = [
    [stat(1, 0), stat(2, 60_000)],
    [stat(1, 100)],
    [stat(1, 200)],
    [stat(1, 300, { waitedMs: 150 })],
    [stat(1, 400, { waitedMs: 150 })],
  ]
  t.deepEqual(counted(...looks), [100, 100, 250, 100])
  // An orphan's end shows nowhere.
  const orphan = [[stat(1, 0), stat(2, 700, { parent: 0 })], [stat(1, 20)]]
  t.deepEqual(counted(...orphan), [20])
})

test('the same number in another process is another process', (t) => {
  const again = [stat(1, 0, { waitedMs: 9_050 }), stat(2, 30, { startTicks: 5_000 })]
  t.deepEqual(counted([stat(1, 0), stat(2, 9_000)], again), [80])
})

test('rounding to ticks takes nothing twice and is never less than nothing', (t) => {
  const looks = [[stat(1, 0), stat(2, 50)], [stat(1, 0, { waitedMs: 40 })], [stat(1, 0, { waitedMs: 40 })]]
  t.deepEqual(counted(...looks), [0, 0])
})
