import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import test from 'ava'
import { now } from '../../lib/measure/index.ts'
import { parseStat } from '../../lib/observe/process-stat.ts'
import { ProcessWatch, readProcess, runnerUse } from '../../lib/observe/process-use.ts'
import { until } from '../topology/support.ts'

const onLinux = process.platform === 'linux' ? test : test.skip

test('a program may be called anything', (t) => {
  const rest = 'S 1 2 3 0 -1 4194560 100 0 0 0 250 50 6 1 20 0 8 0 987654 0 0'
  t.deepEqual(parseStat(42, `42 (a b) R 9) ${rest}`), {
    pid: 42,
    startTicks: 987_654,
    parent: 1,
    session: 3,
    cpuMs: 3_000,
    waitedMs: 70,
  })
})

test('the runner tells its memory everywhere', async (t) => {
  const { rssBytes, fds } = await runnerUse()
  t.true(rssBytes! > 2 ** 20)
  if (process.platform === 'linux') t.true(fds! > 3)
})

test('no process, no use', async (t) => {
  t.is(await readProcess(2 ** 30), undefined)
  t.deepEqual(await new ProcessWatch().look(undefined, now()), {
    rssBytes: undefined,
    fds: undefined,
    threads: undefined,
    cpu: undefined,
  })
})

onLinux('CPU is a share of a core since the look before: a busy process against an idle one', async (t) => {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'])
  const idle = spawn('sleep', ['60'])
  t.teardown(() => [busy, idle].map((child) => child.kill('SIGKILL')))
  // Its start takes time of a core too.
  await until(async () => (await readFile(`/proc/${idle.pid}/stat`, 'utf8')).includes('(sleep) S'))
  const watches = [new ProcessWatch(), new ProcessWatch()]
  const look = async () => {
    const at = now()
    const [used, slept] = await Promise.all([watches[0]!.look(busy.pid, at), watches[1]!.look(idle.pid, at)])
    return { at, used, slept, seenAt: now() }
  }
  let before = await look()
  t.is(before.used.cpu, undefined, 'the first look has nothing to compare with')
  t.true(before.used.rssBytes! > 0)
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    const { at, seenAt, used, slept } = await look()
    t.is(slept.cpu, 0)
    // It was read after its time, and however much later: of one core there is no more than had passed by then.
    t.true(used.cpu! * (at - before.at) < 1.2 * (seenAt - before.at))
    before = { at, seenAt, used, slept }
    // Where twenty others want the two cores it gets little.
    return used.cpu! >= 0.05
  })
})

onLinux(
  'another process under the same watch starts afresh, born in the same tick too; a zombie uses nothing',
  async (t) => {
    const sleepers: ChildProcess[] = []
    t.teardown(() => sleepers.map((child) => child.kill('SIGKILL')))
    const sleeper = async () => {
      const child = spawn('sleep', ['60'])
      sleepers.push(child)
      return { child, ticks: (await readProcess(child.pid!))!.startTicks }
    }
    const both = () => Promise.all([sleeper(), sleeper()])
    let [one, two] = await both()
    while (one.ticks !== two.ticks) [one, two] = await both()
    const watch = new ProcessWatch()
    await watch.look(one.child.pid, now())
    one.child.kill('SIGKILL')
    await until(async () => (await readProcess(one.child.pid!)) === undefined)
    t.is((await watch.look(two.child.pid, now())).cpu, undefined)
  },
)
