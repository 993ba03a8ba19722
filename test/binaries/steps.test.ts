import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { type Archive, type Binary, binaries, hostPlatform } from '../../lib/binaries/binary.ts'
import { runChild } from '../../lib/binaries/child.ts'
import { isRunning } from '../../lib/binaries/lock.ts'
import { archiveStep } from '../../lib/binaries/steps/archive.ts'
import { debianStep } from '../../lib/binaries/steps/debian.ts'
import { goInstallStep } from '../../lib/binaries/steps/go-install.ts'
import type { StepContext } from '../../lib/binaries/steps/step.ts'
import { readTarMember } from '../../lib/binaries/tar.ts'
import { setEnvironment, temporaryFolder, until, writeScript } from './support.ts'

const run = promisify(execFile)

async function context(t: ExecutionContext, binary: Binary, overrides: Partial<StepContext> = {}) {
  const root = await temporaryFolder(t)
  const folder = join(root, 'scratch')
  await mkdir(folder)
  return {
    binary,
    target: join(root, 'program'),
    folder,
    offline: false,
    signal: undefined,
    log: () => {},
    ...overrides,
  }
}

/** A release as projects make them: the program in a folder, among other files. */
async function packRelease(t: ExecutionContext, program: string): Promise<string> {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'release'))
  await writeFile(join(folder, 'release', 'LICENSE'), 'text of 24 characters...')
  await writeFile(join(folder, 'release', 'toxiproxy-cli'), 'x'.repeat(5_000))
  await writeFile(join(folder, 'release', 'toxiproxy-server'), program)
  await run('tar', ['-czf', 'release.tar.gz', 'release'], { cwd: folder })
  return join(folder, 'release.tar.gz')
}

/** Serves one body on loopback; counts the requests. */
async function serve(t: ExecutionContext, body: Buffer, status = 200) {
  const seen = { url: '', requests: 0 }
  const server = createServer((_, response) => {
    seen.requests += 1
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  seen.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/release.tar.gz`
  return seen
}

function withArchive(archive: Archive | undefined): Binary {
  return { ...binaries['toxiproxy-server'], archives: archive ? { [hostPlatform]: archive } : {} }
}

test('archive: unpacks the program of an archive whose hash is the pinned one', async (t) => {
  const program = 'the program\n'.repeat(1_000)
  const packed = await readFile(await packRelease(t, program))
  const sha256 = createHash('sha256').update(packed).digest('hex')
  const { url } = await serve(t, packed)
  const ctx = await context(t, withArchive({ url, sha256, member: 'toxiproxy-server' }))
  await archiveStep.run(ctx)
  t.is(await readFile(ctx.target, 'utf8'), program)
})

test('archive: refuses any other hash, an error status, and a missing member', async (t) => {
  const packed = await readFile(await packRelease(t, 'program'))
  const sha256 = createHash('sha256').update(packed).digest('hex')
  const { url } = await serve(t, packed)
  const other = await context(t, withArchive({ url, sha256: 'f'.repeat(64), member: 'toxiproxy-server' }))
  await t.throwsAsync(archiveStep.run(other), { message: /has sha256 [0-9a-f]{64}, not the pinned f{64}/ })
  t.false(existsSync(other.target))

  const absent = await context(t, withArchive({ url, sha256, member: 'nats-server' }))
  await t.throwsAsync(archiveStep.run(absent), { message: /has no nats-server in it/ })

  const gone = await serve(t, Buffer.from('not found'), 404)
  const missing = await context(t, withArchive({ url: gone.url, sha256, member: 'toxiproxy-server' }))
  await t.throwsAsync(archiveStep.run(missing), { message: /HTTP 404/ })
})

test('archive: fetches nothing without a pinned hash, or offline', async (t) => {
  await t.throwsAsync(archiveStep.run(await context(t, withArchive(undefined))), { message: /no archive .* pinned/ })
  const seen = await serve(t, Buffer.from(''))
  const archive = { url: seen.url, sha256: 'f'.repeat(64), member: 'toxiproxy-server' }
  await t.throwsAsync(archiveStep.run(await context(t, withArchive(archive), { offline: true })), {
    message: 'offline',
  })
  t.is(seen.requests, 0)
})

test('archive: says why a host could not be reached', async (t) => {
  const closed = { url: 'http://127.0.0.1:1/x.tar.gz', sha256: 'f'.repeat(64), member: 'toxiproxy-server' }
  await t.throwsAsync(archiveStep.run(await context(t, withArchive(closed))), {
    message: /127\.0\.0\.1:1\/.*(bad port|ECONNREFUSED)/,
  })
})

test('tar: finds a regular file by its base name only', (t) => {
  t.is(readTarMember(Buffer.alloc(1024), 'x'), undefined)
  t.is(readTarMember(Buffer.from('not a tar archive'), 'x'), undefined)
  t.is(readTarMember(Buffer.alloc(1024, 'a'), 'x'), undefined)
})

test.serial('go install: builds the pinned package in its own folder and renames what it built', async (t) => {
  const bin = await temporaryFolder(t)
  const seen = join(bin, 'seen')
  await writeScript(join(bin, 'go'), `echo "$GOFLAGS $*" > ${seen}; echo built > "$GOBIN/server"`)
  setEnvironment(t, { PATH: bin })
  const ctx = await context(t, binaries['toxiproxy-server'])
  await goInstallStep.run(ctx)
  t.is(await readFile(ctx.target, 'utf8'), 'built\n')
  const call = await readFile(seen, 'utf8')
  t.regex(
    call,
    /^-trimpath install -ldflags .*Version=2\.12\.0 github\.com\/Shopify\/toxiproxy\/v2\/cmd\/server@v2\.12\.0/,
  )
})

test.serial('go install: says when there is no Go, and what a failing build said last', async (t) => {
  const bin = await temporaryFolder(t)
  setEnvironment(t, { PATH: bin })
  const ctx = await context(t, binaries['nats-server'])
  await t.throwsAsync(goInstallStep.run(ctx), { message: 'go is not installed' })
  await writeScript(join(bin, 'go'), 'echo first; echo "no such module" >&2; exit 3')
  await t.throwsAsync(goInstallStep.run(ctx), { message: 'go ended with code 3: no such module' })
})

test('Debian: not for toxiproxy, not offline', async (t) => {
  await t.throwsAsync(debianStep.run(await context(t, binaries['toxiproxy-server'])), { message: /has no package/ })
  await t.throwsAsync(debianStep.run(await context(t, binaries['nats-server'], { offline: true })), {
    message: 'offline',
  })
})

test('child: an abort kills what a program started too', async (t) => {
  const folder = await temporaryFolder(t)
  const pids = join(folder, 'pids')
  const script = await writeScript(join(folder, 'script'), `sleep 1000 & echo "$! $$" > ${pids}; wait`)
  const abort = new AbortController()
  const rejected = t.throwsAsync(runChild(script, [], { timeout: 60_000, signal: abort.signal }), { message: 'enough' })
  await until(async () => existsSync(pids) && (await readFile(pids, 'utf8')).endsWith('\n'))
  const running = (await readFile(pids, 'utf8')).trim().split(' ').map(Number)
  t.is(running.length, 2)
  t.true(running.every(isRunning))
  abort.abort(new Error('enough'))
  await rejected
  await until(() => !running.some(isRunning))
})

test('child: ends a program that takes too long', async (t) => {
  await t.throwsAsync(runChild('sleep', ['1000'], { timeout: 100 }), { message: 'not done after 0.1 s' })
})
