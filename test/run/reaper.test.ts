import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { Toxiproxy } from 'toxiproxy-node-client'
import { UserError } from '../../lib/errors.ts'
import { createRunDir } from '../../lib/run/reaper/run-dir.ts'
import { proxyPrefix } from '../../lib/topology/index.ts'
import { isListening, startEngine, temporaryFolder, until } from '../topology/support.ts'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** What fixtures/runner.ts tells of: process ids, and where its nats-server listens. */
interface Started {
  readonly runDir: string
  readonly address: string
  readonly server: number
  readonly child: number
  readonly orphan: number
}

interface Runner extends Started {
  readonly process: ChildProcess
  /** The next line that it says. */
  next(): Promise<string>
  /** What it or its TypeScript loader started that still runs: the program of each process by its id. */
  remaining(): Promise<Map<number, string>>
}

interface RunnerOptions {
  readonly runId?: string
  readonly keep?: boolean
  readonly sharedToxiproxy?: string
}

/** Starts a runner in a process group of its own. */
async function startRunner(t: ExecutionContext, options: RunnerOptions = {}): Promise<Runner> {
  const { runId = randomUUID(), keep = false, sharedToxiproxy } = options
  const mark = randomUUID()
  const args = [
    fixture('runner.ts'),
    runId,
    keep ? 'keep' : 'remove',
    ...(sharedToxiproxy === undefined ? [] : [sharedToxiproxy]),
  ]
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    env: { ...process.env, TEST_MARK: mark },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  const remaining = async () => {
    const found = await marked(`TEST_MARK=${mark}`)
    found.delete(child.pid!)
    return found
  }
  let started: Started | undefined
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
    // None, unless the test has failed.
    for (const pid of (await remaining()).keys()) process.kill(pid, 'SIGKILL')
    if (started) await rm(started.runDir, { recursive: true, force: true })
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value as string
  started = JSON.parse(await next()) as Started
  return { ...started, process: child, next, remaining }
}

/** Processes with this entry in their environment. */
async function marked(entry: string): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const pid of (await readdir('/proc')).map(Number).filter(Number.isInteger)) {
    const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
    if (!environ.split('\0').includes(entry)) continue
    found.set(pid, (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).replaceAll('\0', ' '))
  }
  return found
}

async function reaperOf(runner: Runner): Promise<number | undefined> {
  return [...(await runner.remaining())].find(([, program]) => program.includes('reaper-process'))?.[0]
}

async function everythingStarted(t: ExecutionContext, runner: Runner): Promise<void> {
  const remaining = await runner.remaining()
  for (const pid of [runner.server, runner.child, runner.orphan, await reaperOf(runner)]) t.true(remaining.has(pid!))
  t.true(existsSync(join(runner.runDir, 'n1', 'store')))
}

async function nothingLeft(t: ExecutionContext, runner: Runner): Promise<void> {
  await until(async () => (await runner.remaining()).size === 0)
  t.false(existsSync(runner.runDir))
  t.false(await isListening(runner.address))
}

test.serial('a folder that can not be made is told of, and one that is made is its owner’s', async (t) => {
  const { TMPDIR } = process.env
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
  const folder = await temporaryFolder(t)
  process.env.TMPDIR = folder
  t.is((await stat(await createRunDir())).mode & 0o777, 0o700)
  process.env.TMPDIR = join(folder, 'none')
  const error = await t.throwsAsync(createRunDir(), { instanceOf: UserError })
  t.regex(error.message, /^no temporary folder could be made in .*none: ENOENT/)
})

// The rest reads other processes' environments, as the reaper does on Linux.
const testLinux = process.platform === 'linux' ? test : test.skip

testLinux('nothing is left of a runner that is killed', async (t) => {
  const runner = await startRunner(t)
  await everythingStarted(t, runner)
  runner.process.kill('SIGKILL')
  await nothingLeft(t, runner)
})

testLinux('what kills a whole process group does not reach the reaper', async (t) => {
  const runner = await startRunner(t)
  await everythingStarted(t, runner)
  process.kill(-runner.process.pid!, 'SIGKILL')
  await nothingLeft(t, runner)
})

testLinux('processes that are stopped are ended too', async (t) => {
  const runner = await startRunner(t)
  for (const pid of [runner.server, runner.child]) process.kill(pid, 'SIGSTOP')
  runner.process.kill('SIGKILL')
  await nothingLeft(t, runner)
})

testLinux('done means done, and the runner can end', async (t) => {
  const runner = await startRunner(t)
  const exited = once(runner.process, 'exit')
  const started = [runner.server, runner.child, runner.orphan, await reaperOf(runner)]
  runner.process.stdin!.write('done\n')
  t.is(await runner.next(), 'done')
  // Not all that remains: until the runner has ended its TypeScript loader has a process too.
  const remaining = await runner.remaining()
  for (const pid of started) t.false(remaining.has(pid!))
  t.false(existsSync(runner.runDir))
  t.deepEqual(await exited, [0, null])
})

testLinux('a reaper that was killed is not needed for done', async (t) => {
  const runner = await startRunner(t)
  process.kill((await reaperOf(runner))!, 'SIGKILL')
  runner.process.stdin!.write('done\n')
  t.is(await runner.next(), 'done')
  await nothingLeft(t, runner)
})

testLinux('a folder that is kept stays as it is', async (t) => {
  const runner = await startRunner(t, { keep: true })
  runner.process.kill('SIGKILL')
  await until(async () => (await runner.remaining()).size === 0)
  t.true(existsSync(join(runner.runDir, 'n1', 'nats.conf')))
  t.true(existsSync(join(runner.runDir, 'n1', 'store')))
})

testLinux('the proxies of the run leave a shared Toxiproxy, others stay', async (t) => {
  const { url } = await startEngine(t)
  const runId = 'mine'
  const toxiproxy = new Toxiproxy(url)
  for (const name of [`${proxyPrefix(runId)}a`, `${proxyPrefix(runId)}b`, `${proxyPrefix('other')}a`, 'mine']) {
    await toxiproxy.createProxy({ name, listen: '127.0.0.1:0', upstream: '127.0.0.1:1' })
  }
  const runner = await startRunner(t, { runId, sharedToxiproxy: url })
  runner.process.kill('SIGKILL')
  await nothingLeft(t, runner)
  t.deepEqual(Object.keys(await toxiproxy.getAll()).sort(), ['mine', 'squall-other-a'])
})

testLinux('a shared Toxiproxy that does not answer does not keep the reaper', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1')
  t.teardown(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const runner = await startRunner(t, { sharedToxiproxy: `http://127.0.0.1:${port}` })
  runner.process.kill('SIGKILL')
  await nothingLeft(t, runner)
})

testLinux('a runner that forgets its reaper is not kept by it, and its folder goes', async (t) => {
  const child = spawn(process.execPath, ['--import', 'tsx', fixture('idle-runner.ts'), randomUUID()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const [runDir] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  t.deepEqual(await exited, [0, null])
  await until(() => !existsSync(runDir))
})
