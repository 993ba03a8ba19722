import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { acquireBinary, cacheFolder, findBinary, type Step } from '../../lib/binaries/index.ts'
import { UserError } from '../../lib/errors.ts'
import { setEnvironment, temporaryFolder, until, writeNatsServer, writeScript } from './support.ts'

async function emptyCache(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t)
  setEnvironment(t, { SQUALL_CACHE_DIR: join(folder, 'cache'), SQUALL_NATS_SERVER: undefined, PATH: folder })
  return folder
}

function makes(version = '2.15.2'): Step & { runs: number } {
  return {
    id: 'makes',
    name: 'making step',
    runs: 0,
    async run({ target }) {
      this.runs += 1
      await writeNatsServer(target, version)
    },
  }
}

function fails(name: string, reason: string): Step {
  return { id: name, name, run: () => Promise.reject(new Error(reason)) }
}

const cacheContent = async () => (await readdir(cacheFolder())).sort()

test.serial('tries the steps in order, says which, and keeps what the first one gave', async (t) => {
  await emptyCache(t)
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const acquired = await acquireBinary('nats-server', {
    log,
    steps: [fails('first', 'no luck'), makes(), makes('1.0')],
  })
  t.like(acquired, { name: 'nats-server', version: '2.15.2', source: 'cache' })
  t.deepEqual(lines.slice(0, 3), ['trying first', 'first: no, no luck', 'trying making step'])
  t.regex(lines[3] ?? '', /^making step: got 2\.15\.2 in \d+\.\d s$/)
  t.is(lines.length, 4)
  t.deepEqual(await findBinary('nats-server'), acquired)
  t.deepEqual(await cacheContent(), ['nats-server'])
})

test.serial('uses a whole entry as it is, and makes it anew when forced', async (t) => {
  await emptyCache(t)
  const step = makes()
  const options = { log: () => {}, steps: [step] }
  const first = await acquireBinary('nats-server', options)
  t.deepEqual(await acquireBinary('nats-server', options), first)
  t.is(step.runs, 1)
  t.deepEqual(await acquireBinary('nats-server', { ...options, force: true }), first)
  t.is(step.runs, 2)
})

test.serial('replaces a damaged entry and says so', async (t) => {
  await emptyCache(t)
  const lines: string[] = []
  const options = { log: (line: string) => lines.push(line), steps: [makes()] }
  const { path, sha256 } = await acquireBinary('nats-server', options)
  await writeFile(path, 'damage')
  await t.throwsAsync(findBinary('nats-server'), { message: /damaged/ })
  const again = await acquireBinary('nats-server', options)
  t.is(again.sha256, sha256)
  t.is((await findBinary('nats-server'))?.sha256, sha256)
  t.true(lines.some((line) => /is damaged: its sha256 .* replacing it/.test(line)))
})

test.serial('refuses what a step gave when it is not the program', async (t) => {
  await emptyCache(t)
  const wrong: Step = {
    id: 'wrong',
    name: 'wrong step',
    run: async ({ target }) => void (await writeScript(target, 'echo other')),
  }
  const nothing: Step = { id: 'nothing', name: 'idle step', run: async () => {} }
  await t.throwsAsync(acquireBinary('nats-server', { log: () => {}, steps: [wrong, nothing] }), {
    instanceOf: UserError,
    message: /wrong step: what it gave is not a program that runs here\n {2}idle step: .*ENOENT/,
  })
  t.deepEqual(await cacheContent(), [])
})

test.serial('offline with nothing there: one message with every reason and three ways out', async (t) => {
  await emptyCache(t)
  // No Go either: the real steps must all give up without a connection.
  setEnvironment(t, { PATH: '/nonexistent' })
  const error = await t.throwsAsync(acquireBinary('nats-server', { log: () => {}, offline: true }), {
    instanceOf: UserError,
  })
  t.is(error?.exitCode, 104)
  t.regex(
    error?.message ?? '',
    /official release archive: .*\n {2}go install: go is not installed\n {2}Debian's package: offline/,
  )
  t.regex(error?.hint ?? '', /1\. squall setup[\s\S]*2\. SQUALL_NATS_SERVER=[\s\S]*3\. .*go install/)
})

test.serial('a cache that can not be written is named, with what to do', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'file'), '')
  setEnvironment(t, { SQUALL_CACHE_DIR: join(folder, 'file', 'cache') })
  const error = await t.throwsAsync(acquireBinary('nats-server', { log: () => {}, steps: [makes()] }), {
    instanceOf: UserError,
    message: /cache .*\/file\/cache can't be written/,
  })
  t.regex(error?.hint ?? '', /SQUALL_CACHE_DIR/)
})

test.serial('an abort ends it with its reason and leaves nothing', async (t) => {
  await emptyCache(t)
  const abort = new AbortController()
  const hangs: Step = {
    id: 'hangs',
    name: 'hanging step',
    run: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        abort.abort(new UserError('stop'))
      }),
  }
  const next = makes()
  await t.throwsAsync(acquireBinary('nats-server', { log: () => {}, steps: [hangs, next], signal: abort.signal }), {
    message: 'stop',
  })
  t.is(next.runs, 0)
  t.deepEqual(await cacheContent(), [])
})

function startSetup(t: ExecutionContext, began: string, gate: string): ChildProcess {
  const script = fileURLToPath(new URL('fixtures/acquire.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import=tsx', script, began, gate], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

test.serial('of two set-ups at once the second waits and uses the result of the first', async (t) => {
  const folder = await emptyCache(t)
  const began = join(folder, 'began')
  const gate = join(folder, 'gate')
  const first = startSetup(t, began, gate)
  await until(() => existsSync(began))
  const second = startSetup(t, began, gate)
  let secondLog = ''
  second.stderr?.on('data', (chunk) => {
    secondLog += chunk
  })
  const results = Promise.all([first, second].map((child) => text(child.stdout!)))
  await until(() => secondLog.includes(`waiting for another set-up (pid ${first.pid})`))
  await writeFile(gate, '')
  const [one, two] = await results
  t.is(JSON.parse(one ?? '').version, '2.15.2')
  t.is(one, two)
  t.is((await readFile(began, 'utf8')).trim(), String(first.pid), 'only the first ran its step')
  t.deepEqual(await cacheContent(), ['nats-server'])
})

test.serial('after a set-up was killed half-way the next one works and clears up', async (t) => {
  const folder = await emptyCache(t)
  const began = join(folder, 'began')
  const killed = startSetup(t, began, join(folder, 'never'))
  await until(() => existsSync(began))
  const ended = new Promise((resolve) => killed.once('exit', resolve))
  killed.kill('SIGKILL')
  await ended
  const left = await cacheContent()
  t.true(left.includes('nats-server.lock') && left.some((entry) => entry.startsWith('nats-server.tmp.')), left.join())
  t.is(await findBinary('nats-server'), undefined, 'nothing half-made is ever found')

  const acquired = await acquireBinary('nats-server', { log: () => {}, steps: [makes()] })
  t.is(acquired.version, '2.15.2')
  t.deepEqual(await cacheContent(), ['nats-server'])
})
