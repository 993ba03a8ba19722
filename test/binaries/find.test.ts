import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { writeCache } from '../../lib/binaries/cache.ts'
import { binaries, cacheFolder, findBinary, lookUp, requireBinary } from '../../lib/binaries/index.ts'
import { sha256File } from '../../lib/binaries/sha256.ts'
import { UserError } from '../../lib/errors.ts'
import { setEnvironment, temporaryFolder, writeNatsServer, writeScript } from './support.ts'

/** A machine without any nats-server: what a test wants found, it puts there. */
async function emptyMachine(t: ExecutionContext) {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'path')
  await mkdir(path)
  setEnvironment(t, {
    PATH: path,
    SQUALL_CACHE_DIR: join(folder, 'cache'),
    SQUALL_NATS_SERVER: undefined,
    SQUALL_TOXIPROXY_SERVER: undefined,
  })
  return { folder, path }
}

async function fillCache(folder: string, version = '2.15.2'): Promise<string> {
  const build = join(folder, `build-${version}`)
  const program = await writeNatsServer(join(build, 'program'), version)
  const manifest = { name: 'nats-server', version, sha256: await sha256File(program), obtainedBy: 'test' }
  return writeCache(binaries['nats-server'], program, manifest, build)
}

test.serial('takes option, then environment, then PATH, then cache', async (t) => {
  const { folder, path } = await emptyMachine(t)
  t.is(await findBinary('nats-server'), undefined)

  const cached = await fillCache(folder)
  const sha256 = await sha256File(cached)
  t.deepEqual(await findBinary('nats-server'), {
    name: 'nats-server',
    path: cached,
    version: '2.15.2',
    sha256,
    source: 'cache',
  })

  const onPath = await writeNatsServer(join(path, 'nats-server'), '2.12.1')
  const fromPath = await findBinary('nats-server')
  t.like(fromPath, { path: onPath, version: '2.12.1', source: 'PATH' })
  t.is(fromPath?.sha256, await sha256File(onPath))

  const given = await writeNatsServer(join(folder, 'mine'), '2.11.0')
  setEnvironment(t, { SQUALL_NATS_SERVER: given })
  t.like(await findBinary('nats-server'), { path: given, version: '2.11.0', source: 'environment' })

  const option = await writeNatsServer(join(folder, 'other'), '2.10.0')
  t.like(await findBinary('nats-server', { option }), { path: option, version: '2.10.0', source: 'option' })
})

test.serial('refuses an option or variable that does not lead to the program, whatever else there is', async (t) => {
  const { folder, path } = await emptyMachine(t)
  await writeNatsServer(join(path, 'nats-server'))
  await fillCache(folder)
  const plain = await writeNatsServer(join(folder, 'plain'))
  await chmod(plain, 0o644)
  const other = await writeScript(join(folder, 'other'), 'echo toxiproxy-server version 2.12.0')
  const failing = await writeScript(join(folder, 'failing'), 'echo "nats-server: v2.15.2"; exit 1')

  const refusals: [string, RegExp][] = [
    [join(folder, 'missing'), /does not exist/],
    [folder, /not a file/],
    [plain, /not executable/],
    [other, /does not answer `--version` as nats-server does/],
    [failing, /does not answer `--version` as nats-server does/],
  ]
  for (const [value, reason] of refusals) {
    const byOption = await t.throwsAsync(findBinary('nats-server', { option: value }), { instanceOf: UserError })
    t.true(byOption?.message.startsWith(`--nats-server is ${value},`), byOption?.message)
    t.regex(byOption?.message ?? '', reason)
    setEnvironment(t, { SQUALL_NATS_SERVER: value })
    const byVariable = await t.throwsAsync(findBinary('nats-server'), { instanceOf: UserError })
    t.true(byVariable?.message.startsWith(`SQUALL_NATS_SERVER is ${value},`), byVariable?.message)
    t.regex(byVariable?.message ?? '', reason)
  }
  await t.throwsAsync(findBinary('nats-server', { option: '' }), { instanceOf: UserError, message: /is empty/ })
})

test.serial('passes over a namesake on PATH', async (t) => {
  const { folder, path } = await emptyMachine(t)
  await writeScript(join(path, 'nats-server'), 'echo something else')
  const real = await writeNatsServer(join(folder, 'later', 'nats-server'))
  setEnvironment(t, { PATH: `${path}:${join(folder, 'later')}` })
  t.is((await findBinary('nats-server'))?.path, real)
})

test.serial('finds a toxiproxy-server under the name of its release asset', async (t) => {
  const { path } = await emptyMachine(t)
  const name = binaries['toxiproxy-server'].programs.at(-1) ?? ''
  t.not(name, 'toxiproxy-server')
  await writeScript(join(path, name), 'echo toxiproxy-server version 2.12.0')
  t.like(await findBinary('toxiproxy-server'), { path: join(path, name), version: '2.12.0', source: 'PATH' })
})

test.serial('prefers the pinned version in the cache, else takes the newest', async (t) => {
  const { folder } = await emptyMachine(t)
  await fillCache(folder, '2.9.10')
  await fillCache(folder, '2.10.3')
  t.is((await findBinary('nats-server'))?.version, '2.10.3')
  await fillCache(folder, '2.15.2')
  await fillCache(folder, '2.99.0')
  t.is((await findBinary('nats-server'))?.version, '2.15.2')
})

test.serial('says that a cache entry is damaged and how', async (t) => {
  const { folder } = await emptyMachine(t)
  const damages: [(path: string) => Promise<void>, RegExp][] = [
    [
      (path) => writeFile(path, '#!/bin/sh\necho nats-server: v2.15.2 '),
      /its sha256 is [0-9a-f]{64}, [0-9a-f]{64} was/,
    ],
    [(path) => rm(path), /its program is missing/],
    [(path) => chmod(path, 0o644), /not executable/],
    [(path) => writeFile(join(path, '..', 'manifest.json'), '{"version":'), /manifest is missing or unreadable/],
    [(path) => rm(join(path, '..', 'manifest.json')), /manifest is missing or unreadable/],
  ]
  for (const [damage, reason] of damages) {
    const path = await fillCache(folder)
    await damage(path)
    const result = await lookUp('nats-server')
    t.is(result.state, 'damaged')
    const error = await t.throwsAsync(findBinary('nats-server'), { instanceOf: UserError, message: reason })
    t.regex(error?.message ?? '', /cached nats-server .* is damaged/)
    t.regex(error?.hint ?? '', /squall setup/)
    await rm(join(folder, 'build-2.15.2'), { recursive: true })
  }
})

test.serial('requireBinary gives the three ways out', async (t) => {
  await emptyMachine(t)
  const error = await t.throwsAsync(requireBinary('nats-server'), { instanceOf: UserError })
  t.true(error?.message.includes(cacheFolder()))
  t.regex(error?.hint ?? '', /1\. squall setup[\s\S]*2\. SQUALL_NATS_SERVER=[\s\S]*3\. .*go install/)
  t.is(error?.exitCode, 104)
})

test.serial('puts the cache where the environment says', (t) => {
  t.is(cacheFolder({ SQUALL_CACHE_DIR: '/a/b' }), '/a/b')
  t.is(cacheFolder({ XDG_CACHE_HOME: '/x' }), '/x/squall')
  t.is(cacheFolder({ XDG_CACHE_HOME: 'relative' }), cacheFolder({}))
  t.regex(cacheFolder({}), /\/\.cache\/squall$/)
})
