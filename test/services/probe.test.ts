import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { connect } from 'nats'
import type { ProbePlan } from '../../lib/services/index.ts'
import { type ProbeTarget, probeOnce } from '../../lib/services/probe.ts'
import { startEngine, startRig } from '../topology/support.ts'

async function startTarget(t: ExecutionContext, status = 200): Promise<ProbeTarget & { readonly pids: number[] }> {
  const server = createServer((request, response) => {
    if (request.url === '/late') return
    response.writeHead(status, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const pids: number[] = []
  return {
    instance: 'web-1',
    port: (server.address() as AddressInfo).port,
    env: { COLOUR: 'green' },
    cwd: process.cwd(),
    folder: process.cwd(),
    onSpawn: (pid) => pids.push(pid),
    nats: () => Promise.reject(new Error('no server')),
    pids,
  }
}

const fails = (t: ExecutionContext, probe: ProbePlan, target: ProbeTarget, message: RegExp, timeoutMs = 5_000) =>
  t.throwsAsync(probeOnce(probe, target, timeoutMs), { message })

test('by HTTP, 200 to 399 is good, and a redirection is not followed', async (t) => {
  const http: ProbePlan = { kind: 'http', path: '/health' }
  for (const status of [200, 204, 302, 399]) {
    await t.notThrowsAsync(probeOnce(http, await startTarget(t, status), 5_000), String(status))
  }
  for (const status of [400, 503]) await fails(t, http, await startTarget(t, status), new RegExp(`^status ${status}$`))
  await fails(t, { kind: 'http', path: '/late' }, await startTarget(t), /timeout/, 50)
  await fails(t, http, { ...(await startTarget(t)), port: 1 }, /ECONNREFUSED|bad port/)
})

test('by TCP, whoever accepts is good', async (t) => {
  const target = await startTarget(t)
  await t.notThrowsAsync(probeOnce({ kind: 'tcp' }, target, 5_000))
  await fails(t, { kind: 'tcp' }, { ...target, port: 1 }, /ECONNREFUSED/)
})

test('by NATS, an answer on the instance’s own subject is good', async (t) => {
  const { topology } = await startRig(t, await startEngine(t))
  const nats = await connect({ servers: topology.clientUrls.consumers[0]! })
  t.teardown(() => nats.close())
  const target = { ...(await startTarget(t)), nats: async () => nats }
  const probe: ProbePlan = { kind: 'nats', subject: 'health.{instance}' }
  await fails(t, probe, target, /^no responders$/)
  const deaf = nats.subscribe('health.web-1', { callback: () => {} })
  await fails(t, probe, target, /^no answer within 100ms$/, 100)
  deaf.unsubscribe()
  nats.subscribe('health.web-1', { callback: (_, message) => void message.respond('ok') })
  await t.notThrowsAsync(probeOnce(probe, target, 5_000))
})

test('by a command, an end with 0 is good; it has the instance’s environment, and is known to the reaper', async (t) => {
  const target = await startTarget(t)
  const command = (code: string): ProbePlan => ({ kind: 'command', command: [process.execPath, '-e', code] })
  await t.notThrowsAsync(probeOnce(command('process.exit(process.env.COLOUR === "green" ? 0 : 1)'), target, 30_000))
  await fails(t, command('process.exit(3)'), target, /^exit code 3$/, 30_000)
  const wordy = 'console.error("one\\ndb is down"); process.exit(4)'
  await fails(t, command(wordy), target, /^exit code 4: db is down$/, 30_000)
  await fails(t, command('setInterval(() => {}, 1000)'), target, /^no answer within 200ms$/, 200)
  t.is(target.pids.length, 4)
  await fails(t, { kind: 'command', command: ['./none'] }, target, /^spawn .*none ENOENT$/)
})
