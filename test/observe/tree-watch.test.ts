import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import test, { type ExecutionContext } from 'ava'
import { now } from '../../lib/measure/index.ts'
import { TreeWatch } from '../../lib/observe/index.ts'
import type { TreeRoot } from '../../lib/observe/process-finder.ts'
import { readProcess } from '../../lib/observe/process-use.ts'
import { until } from '../topology/support.ts'

const onLinux = process.platform === 'linux' ? test : test.skip
const MiB = 2 ** 20

/** A watch whose clock the test holds: a second passes from look to look, however long it takes. */
function startWatch() {
  let time = 0
  const watch = new TreeWatch(() => time)
  const look = async (root: TreeRoot) => {
    time += 1_000
    const use = (await watch.look([root])).get(root.name)!
    return { ...use, usedMs: use.cpu! * 1_000 }
  }
  return look
}

/** A shell that runs a script as an instance's command is run, and what it prints; all of it is ended with the test. */
function startShell(
  t: ExecutionContext,
  script: string,
  env: Readonly<Record<string, string>> = {},
  mark = `SQUALL_TEST=${randomUUID()}`,
) {
  const [name, value] = mark.split('=')
  const child = spawn('sh', ['-c', script], {
    detached: true,
    env: { ...process.env, ...env, NODE: process.execPath, [name!]: value },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => kill(-child.pid!))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    root: { name: 'a-1', pid: child.pid!, mark: [mark] },
    child,
    tell: (line: string) => void child.stdin.write(`${line}\n`),
    line: async () => String((await lines.next()).value),
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

onLinux('a shell that runs a program is as busy and as large as the program', async (t) => {
  const busy = 'globalThis.held = Buffer.alloc(96 * 2 ** 20, 1); console.log("busy"); for (;;);'
  // More follows, so that no shell makes itself the program.
  const { root, line } = startShell(t, '"$NODE" -e "$BUSY"; true', { BUSY: busy })
  const look = startWatch()
  t.is((await look(root)).cpu, undefined, 'the first look has nothing to compare with')
  t.is(await line(), 'busy')
  await look(root)
  await until(async () => {
    const since = now()
    await look(root)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const { usedMs, rssBytes, processes } = await look(root)
    t.true(rssBytes! > 96 * MiB)
    t.is(processes, 2)
    const passedMs = now() - since
    t.true(usedMs < 1.5 * passedMs, `${usedMs} in ${passedMs} ms`)
    return usedMs >= 10
  })
  const [all, shell] = [await look(root), await readProcess(root.pid)]
  t.true(shell!.rssBytes! < 32 * MiB)
  t.true(all.fds! > shell!.fds! && all.threads! > 5)
})

onLinux(
  'what children use counts once: of those that no look saw, and of those that were seen before they ended',
  async (t) => {
    const burn = `
    const { readSync } = require('node:fs')
    const burn = (ms) => {
      const until = process.cpuUsage().user + 1_000 * ms
      while (process.cpuUsage().user < until) for (let turn = 0; turn < 1e6; turn += 1);
    }
    burn(process.argv[1] / 2)
    if (process.argv[2] === 'wait') {
      console.log('half')
      // A byte, so that the shell gets the rest.
      readSync(0, Buffer.alloc(1))
    }
    burn(process.argv[1] / 2)
    const { user, system } = process.cpuUsage()
    console.log((user + system) / 1_000)`
    const { root, tell, line } = startShell(
      t,
      'echo on; while read -r ms how; do "$NODE" -e "$BURN" "$ms" "$how"; echo ended; done',
      {
        BURN: burn,
      },
    )
    t.is(await line(), 'on')
    const look = startWatch()
    await look(root)
    const usedMs = async () => {
      const { usedMs: used, processes } = await look(root)
      t.true(used >= 0)
      return { used, processes }
    }
    const isAbout = (value: number, expected: number) =>
      t.true(value > expected * 0.7 && value < expected * 1.4, `${value} of ${expected} ms`)

    tell('300')
    const unseenMs = Number(await line())
    t.is(await line(), 'ended')
    const { used, processes } = await usedMs()
    t.is(processes, 1)
    isAbout(used, unseenMs)

    tell('600 wait')
    t.is(await line(), 'half')
    const half = await usedMs()
    t.is(half.processes, 2)
    tell('')
    const own = line().then(Number)
    let isEnded = false
    void own.then(line).then(() => {
      isEnded = true
    })
    let counted = half.used
    await until(async () => {
      const isLast = isEnded
      counted += (await usedMs()).used
      await new Promise((resolve) => setTimeout(resolve, 50))
      return isLast
    })
    isAbout(counted, await own)
    t.true((await usedMs()).used < 100, 'nothing of it comes again')
  },
)

onLinux('a daemon that left the tree is still of it; what the runner starts beside it is not', async (t) => {
  const leave = `
    const { spawn } = require('node:child_process')
    const daemon = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
    daemon.unref()
    console.log(daemon.pid)`
  const { root, line } = startShell(t, '"$NODE" -e "$LEAVE"; echo left; sleep 600; true', { LEAVE: leave })
  const daemon = Number(await line())
  t.teardown(() => kill(daemon))
  t.is(await line(), 'left')
  const [name, value] = root.mark[0]!.split('=')
  const beside = spawn('sleep', ['600'], { env: { ...process.env, [name!]: value } })
  t.teardown(() => beside.kill('SIGKILL'))
  await until(async () => (await readProcess(beside.pid!)) !== undefined)

  const watch = new TreeWatch()
  const look = async (pid: number | undefined) => (await watch.look([{ ...root, pid }])).get('a-1')!
  await until(async () => (await look(root.pid)).processes === 3)
  t.is((await look(undefined)).processes, undefined, 'one that is down has none')
  t.is((await look(root.pid)).processes, 3)
  kill(daemon)
  await until(async () => (await look(root.pid)).processes === 2)
})

onLinux('one that takes the place of another starts afresh, beside it and after it', async (t) => {
  // As in a surge, both have the mark.
  const old = startShell(t, 'echo on; sleep 600; true')
  const next = startShell(t, 'echo on; sleep 600; true', {}, old.root.mark[0])
  for (const { line } of [old, next]) t.is(await line(), 'on')
  const watch = new TreeWatch()
  const look = async (pid: number) => (await watch.look([{ ...old.root, pid }])).get('a-1')!
  await until(async () => (await look(old.root.pid)).processes === 2)
  // What it took to start may still come in.
  await until(async () => (await look(old.root.pid)).cpu === 0)
  await until(async () => (await look(next.root.pid)).processes === 2)
  t.is((await look(old.root.pid)).cpu, undefined)
  t.is((await look(next.root.pid)).cpu, undefined)
  next.child.kill('SIGKILL')
  await once(next.child, 'exit')
  // Its sleep goes on.
  t.is((await look(next.root.pid)).processes, 1)
})
