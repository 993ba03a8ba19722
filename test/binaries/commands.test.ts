import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { isRunning } from '../../lib/binaries/lock.ts'
import { temporaryFolder, until, writeNatsServer, writeScript } from './support.ts'

/** Runs a command on a machine whose PATH is `bin` alone, with a cache of its own. */
async function machine(t: ExecutionContext) {
  const folder = await temporaryFolder(t)
  const bin = join(folder, 'bin')
  const cache = join(folder, 'cache')
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const script = fileURLToPath(new URL('fixtures/squall.ts', import.meta.url))
    const { SQUALL_NATS_SERVER: _, SQUALL_TOXIPROXY_SERVER: __, ...inherited } = process.env
    const child = spawn(process.execPath, ['--import=tsx', script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, PATH: bin, SQUALL_CACHE_DIR: cache, ...env },
    })
    t.teardown(() => child.kill('SIGKILL'))
    const code = new Promise<number | null>((resolve) => child.once('close', resolve))
    const result = Promise.all([text(child.stdout), text(child.stderr), code]).then(([stdout, stderr, code]) => ({
      stdout,
      stderr,
      code,
    }))
    return { child, result }
  }
  return { folder, bin, cache, start, run: (...args: Parameters<typeof start>) => start(...args).result }
}

test('doctor: 104 and what to do without a nats-server, 0 and its facts with one', async (t) => {
  const { bin, run } = await machine(t)
  const without = await run(['doctor'])
  t.is(without.code, 104)
  t.regex(without.stdout, /nats-server: not found/)
  t.regex(without.stdout, /one server, embedded Toxiproxy: no, because there is no nats-server/)
  t.regex(without.stderr, /squall setup/)
  const drivers = [...without.stdout.matchAll(/--driver (\w+)/g)].map(([, driver]) => driver)
  t.deepEqual([...new Set(drivers)], ['netns'], 'no option is named that `squall run` refuses')

  const path = await writeNatsServer(join(bin, 'nats-server'), '2.9.10')
  const { code, stdout } = await run(['doctor', '--json'])
  t.is(code, 0)
  const report = JSON.parse(stdout)
  t.like(report.binaries[0].found, { path, version: '2.9.10', source: 'PATH' })
  t.regex(report.binaries[0].found.sha256, /^[0-9a-f]{64}$/)
  t.is(report.host.node, process.versions.node)
  t.true(report.capabilities[0].able)
  t.regex((await run(['doctor'])).stdout, /nats-server 2\.9\.10, older than the tested 2\.15\.2 \(PATH\)/)
})

test('doctor: a variable that leads nowhere is reported, not passed over', async (t) => {
  const { bin, run } = await machine(t)
  await writeNatsServer(join(bin, 'nats-server'))
  const { code, stdout } = await run(['doctor'], { SQUALL_NATS_SERVER: '/nowhere/nats-server' })
  t.is(code, 104)
  t.regex(stdout, /SQUALL_NATS_SERVER is \/nowhere\/nats-server, which does not exist/)
})

test('setup: says what it found, and ends with versions, paths and hashes', async (t) => {
  const { bin, run } = await machine(t)
  const path = await writeNatsServer(join(bin, 'nats-server'))
  const { code, stdout } = await run(['setup', '--only', 'nats-server'])
  t.is(code, 0)
  t.true(stdout.startsWith(`nats-server: found (PATH): 2.15.2 in ${path}\n`), stdout)
  t.regex(stdout, /\nnats-server 2\.15\.2\n {2}\/.*\n {2}sha256 [0-9a-f]{64}\n$/)
})

test('setup: gets both, and does without an optional one', async (t) => {
  const { bin, cache, run } = await machine(t)
  await writeScript(
    join(bin, 'go'),
    `case "$*" in *nats-server*) printf '#!/bin/sh\\necho nats-server: v2.15.2\\n' > "$GOBIN/nats-server";; *) exit 1;; esac`,
  )
  const { code, stdout } = await run(['setup', '--from', 'go'])
  t.is(code, 0)
  t.regex(stdout, /nats-server: trying go install\n(.*\n)*nats-server: go install: got 2\.15\.2/)
  t.regex(stdout, /toxiproxy-server is optional/)
  t.true(existsSync(cache))
  t.is((await run(['doctor'])).code, 0)

  const asked = await run(['setup', '--from', 'go', '--only', 'toxiproxy-server'])
  t.is(asked.code, 104, 'an optional one that was asked for by name must be had')
  t.regex(asked.stderr, /toxiproxy-server 2\.12\.0 could not be got/)
})

test('setup: refuses unknown names with the known ones', async (t) => {
  const { run } = await machine(t)
  const { code, stderr } = await run(['setup', '--only', 'nats-sever'])
  t.is(code, 104)
  t.regex(stderr, /"nats-sever" is not one of: nats-server, toxiproxy-server/)
})

test('setup: SIGINT ends the build it started and leaves nothing half-made', async (t) => {
  const { bin, cache, folder, start } = await machine(t)
  const pids = join(folder, 'pids')
  await writeScript(join(bin, 'go'), `/bin/sleep 1000 & echo "$! $$" > ${pids}; wait`)
  const { child, result } = start(['setup', '--from', 'go'])
  await until(async () => existsSync(pids) && (await readFile(pids, 'utf8')).endsWith('\n'))
  const building = (await readFile(pids, 'utf8')).trim().split(' ').map(Number)
  child.kill('SIGINT')
  const { code, stderr } = await result
  t.is(code, 105)
  t.regex(stderr, /interrupted/)
  await until(() => !building.some(isRunning))
  t.deepEqual(await readdir(cache), [])
})
