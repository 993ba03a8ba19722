import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { UserError } from '../../lib/errors.ts'
import { ManagedProcess } from '../../lib/topology/server/managed-process.ts'
import { isRunning, temporaryFolder, until } from './support.ts'

async function start(t: ExecutionContext, script: string): Promise<ManagedProcess> {
  const cwd = await temporaryFolder(t)
  const started = await ManagedProcess.spawn('/bin/sh', ['-c', script], { cwd, env: {}, onSpawn: () => {} })
  t.teardown(() => started.stop(0))
  return started
}

const said = (started: ManagedProcess, line: string) => until(() => started.logTail.includes(line))

test('is told of its end with code and log, and stopping it then is nothing', async (t) => {
  const started = await start(t, 'echo out; echo err >&2; exit 3')
  t.deepEqual(await started.exited, { code: 3, signal: null })
  t.deepEqual([...started.logTail].sort(), ['err', 'out'])
  await started.stop(1_000)
  t.deepEqual(started.exit, { code: 3, signal: null })
})

test('keeps the end of a long log', async (t) => {
  const started = await start(t, 'seq 1000')
  await started.exited
  t.is(started.logTail.length, 200)
  t.is(started.logTail.at(-1), '1000')
})

test('one that ignores SIGTERM is killed at the deadline', async (t) => {
  const started = await start(t, "trap '' TERM; echo ready; while :; do sleep 0.05; done")
  await said(started, 'ready')
  await Promise.all([started.stop(100), started.stop(100)])
  t.is(started.exit?.signal, 'SIGKILL')
})

test('one that is stopped gets its SIGTERM', async (t) => {
  const started = await start(t, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
  await said(started, 'ready')
  process.kill(started.pid, 'SIGSTOP')
  await started.stop(60_000)
  t.is(started.exit?.code, 7)
})

test('one that is paused is stopped when that resolves, its children too', async (t) => {
  const started = await start(t, 'while :; do :; done & echo $!; while :; do :; done')
  await until(() => started.logTail.length > 0)
  const pids = [started.pid, Number(started.logTail[0])]
  const states = () => Promise.all(pids.map(async (pid) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')[2]))
  for (let round = 0; round < 20; round += 1) {
    await started.pause()
    if (process.platform === 'linux') t.deepEqual(await states(), ['T', 'T'])
    started.signal('SIGCONT')
  }
})

test('the child of a wrapper script ends with it', async (t) => {
  const started = await start(t, 'sleep 600 & echo $!; wait')
  await until(() => started.logTail.length > 0)
  const child = Number(started.logTail[0])
  t.true(await isRunning(child))
  await started.stop(60_000)
  await until(async () => !(await isRunning(child)))
})

test('one that ends by itself has ended, though what it started lives on and holds its output', async (t) => {
  const started = await start(t, 'sleep 600 & echo $!; exit 3')
  await until(() => started.logTail.length > 0)
  const child = Number(started.logTail[0])
  t.deepEqual(await started.exited, { code: 3, signal: null })
  t.true(await isRunning(child))
  started.killGroup()
  await until(async () => !(await isRunning(child)))
})

test.serial('last words that come while this thread is held up are not lost', async (t) => {
  const folder = await temporaryFolder(t)
  const [go, said] = [join(folder, 'go'), join(folder, 'said')]
  const script = `while [ ! -e '${go}' ]; do sleep 0.02; done; sleep 600 & (sleep 0.2; echo late; touch '${said}') & exit 3`
  const started = await start(t, script)
  t.teardown(() => started.killGroup())
  // Right after its end was noticed, and for longer than its last words are waited for.
  const held = new Promise<void>((resolve) => {
    process.once('SIGCHLD', () =>
      setImmediate(() => {
        const pause = new Int32Array(new SharedArrayBuffer(4))
        const since = performance.now()
        while (!existsSync(said) || performance.now() - since < 1_000) Atomics.wait(pause, 0, 0, 10)
        resolve()
      }),
    )
  })
  await writeFile(go, '')
  await held
  t.deepEqual(await started.exited, { code: 3, signal: null })
  t.deepEqual(started.logTail, ['late'])
})

test('what is asked to end is waited for, though the wrapper script around it goes first', async (t) => {
  const server = `${JSON.stringify(process.execPath)} -e "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit() }, 1500)); setInterval(() => {}, 1e3); console.log('ready')"`
  const started = await start(t, `${server} & wait`)
  await said(started, 'ready')
  await started.stop(60_000)
  t.is(started.logTail.at(-1), 'drained')
})

test('a program that is not there, or may not be run, is a sentence', async (t) => {
  const cwd = await temporaryFolder(t)
  const options = { cwd, env: {}, onSpawn: () => t.fail() }
  const missing = await t.throwsAsync(ManagedProcess.spawn(join(cwd, 'none'), [], options), { instanceOf: UserError })
  t.regex(missing.message, /none could not be started: .*ENOENT/)
  const plain = join(cwd, 'plain')
  await writeFile(plain, '')
  await chmod(plain, 0o644)
  const denied = await t.throwsAsync(ManagedProcess.spawn(plain, [], options), { instanceOf: UserError })
  t.regex(denied.message, /plain could not be started: .*EACCES/)
  const large = { ...options, env: { CERTIFICATES: 'x'.repeat(4_000_000) } }
  const refused = await t.throwsAsync(ManagedProcess.spawn('/bin/sh', [], large), { instanceOf: UserError })
  t.regex(refused.message, /sh could not be started: .*E2BIG/)
})
