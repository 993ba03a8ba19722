import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { connectExternal, embeddedVersion, startEmbedded, startReal } from '../../toxiproxy/index.ts'
import { realToxiproxy } from '../conformance/engines.ts'

const serverFile = fileURLToPath(new URL('../../toxiproxy/server.ts', import.meta.url))

function spawnServer(...flags: string[]) {
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), serverFile, ...flags])
}

test('prints one line when it listens', async (t) => {
  const child = spawnServer('--port', '0', '--seed', '5')
  t.teardown(() => child.kill('SIGKILL'))
  const ready = JSON.parse(String((await once(child.stdout, 'data'))[0]))
  t.is(ready.host, '127.0.0.1')
  t.is(ready.version, embeddedVersion)
  t.is(ready.seed, 5)
  t.is((await fetch(`http://127.0.0.1:${ready.port}/version`)).status, 200)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`ends on ${signal}`, async (t) => {
    const child = spawnServer('--port', '0')
    t.teardown(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    child.kill(signal)
    t.deepEqual(await once(child, 'exit'), [0, null])
  })
}

test('with --exit-with-parent it ends when its standard input does', async (t) => {
  const child = spawnServer('--port', '0', '--exit-with-parent')
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdin.end()
  t.deepEqual(await once(child, 'exit'), [0, null])
})

test('without --exit-with-parent it does not', async (t) => {
  const child = spawnServer('--port', '0')
  t.teardown(() => child.kill('SIGKILL'))
  const { port } = JSON.parse(String((await once(child.stdout, 'data'))[0]))
  child.stdin.end()
  await once(child.stdin, 'close')
  t.is((await fetch(`http://127.0.0.1:${port}/version`)).status, 200)
})

test('the embedded engine dies with a runner that is killed', async (t) => {
  const index = new URL('../../toxiproxy/index.ts', import.meta.url)
  const code = `import { startEmbedded } from ${JSON.stringify(index)}
    startEmbedded({ seed: 1 }).then(({ pid, url }) => console.log(JSON.stringify({ pid, url })))`
  const runner = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', code])
  t.teardown(() => runner.kill('SIGKILL'))
  const { url } = JSON.parse(String((await once(runner.stdout, 'data'))[0]))
  t.is((await fetch(`${url}/version`)).status, 200)
  runner.kill('SIGKILL')
  for (;;) {
    const answered = await fetch(`${url}/version`).then(
      () => true,
      () => false,
    )
    if (!answered) break
  }
  t.pass()
})

test('a port that is taken and a flag that is none', async (t) => {
  const first = await startEmbedded({ seed: 1 })
  t.teardown(() => first.stop())
  const taken = spawnServer('--port', new URL(first.url).port)
  t.regex(String((await once(taken.stderr, 'data'))[0]), /can't listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/)
  const wrong = spawnServer('--seed', 'x')
  const [[said], ended] = await Promise.all([once(wrong.stderr, 'data'), once(wrong, 'exit')])
  t.regex(String(said), /--seed must be an integer, got 'x'/)
  t.deepEqual(ended, [2, null])
})

test('startEmbedded: environment, onSpawn, stop, died', async (t) => {
  let spawned = 0
  const server = await startEmbedded({
    seed: 1,
    env: { SQUALL_TEST: 'yes' },
    onSpawn: (pid) => {
      spawned = pid
    },
  })
  t.is(server.kind, 'embedded')
  t.is(server.version, embeddedVersion)
  t.is(server.pid, spawned)
  await server.stop()
  await server.stop()
  t.is((await server.died).code, 0)
  await t.throwsAsync(fetch(`${server.url}/version`))
})

test('died tells when the process was killed', async (t) => {
  const server = await startEmbedded({ seed: 1 })
  process.kill(server.pid, 'SIGKILL')
  t.is((await server.died).signal, 'SIGKILL')
  await server.stop()
})

const real = realToxiproxy ? test : test.skip
real('startReal: a real server from start to stop', async (t) => {
  const server = await startReal({ binary: realToxiproxy ?? '', seed: 3 })
  t.is(server.kind, 'real')
  t.is((await fetch(`${server.url}/proxies`)).status, 200)
  const external = await connectExternal(`${server.url}/`)
  t.like(external, { kind: 'external', url: server.url, version: server.version, pid: 0 })
  await external.stop()
  t.is((await fetch(`${server.url}/proxies`)).status, 200)
  await server.stop()
  await t.throwsAsync(fetch(`${server.url}/proxies`))
  t.true((await server.died).logTail.length > 0)
})

test('what can not be started or reached says so', async (t) => {
  await t.throwsAsync(startReal({ binary: '/nowhere/toxiproxy-server' }), {
    message: /^\/nowhere\/toxiproxy-server could not be started: .*ENOENT/,
  })
  await t.throwsAsync(startReal({ binary: '/bin/false' }), { message: /^\/bin\/false ended before it was ready/ })
  await t.throwsAsync(connectExternal('http://127.0.0.1:1'), { message: /^No Toxiproxy answers at http/ })
  const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await t.throwsAsync(connectExternal(`http://127.0.0.1:${port}`), { message: /^No Toxiproxy answers at http/ })
})
