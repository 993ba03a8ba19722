import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { connect, type JetStreamClient, type JetStreamManager } from 'nats'
import { findBinary, natsFeatures } from '../../lib/binaries/index.ts'
import { UserError } from '../../lib/errors.ts'
import type { ServerRecord } from '../../lib/topology/index.ts'
import { readGreeting } from '../../lib/topology/server/greeting.ts'
import type { NatsServer } from '../../lib/topology/server/nats-server.ts'
import { isListening, isRunning, makeServer, natsServerBinary, occupy, temporaryFolder, until } from './support.ts'

interface JetStream {
  readonly js: JetStreamClient
  readonly manager: JetStreamManager
}

async function withJetStream<T>(server: NatsServer, use: (jetStream: JetStream) => Promise<T>): Promise<T> {
  const nats = await connect({ servers: server.address })
  try {
    return await use({ js: nats.jetstream(), manager: await nats.jetstreamManager() })
  } finally {
    await nats.close()
  }
}

test('a started server takes JetStream calls at once, and a stopped one leaves nothing', async (t) => {
  const server = await makeServer(t)
  await server.start()
  const { address } = server
  const pid = server.pid!
  await withJetStream(server, async ({ js, manager }) => {
    await manager.streams.add({ name: 'S', subjects: ['s'] })
    t.is((await js.publish('s', 'x')).seq, 1)
  })
  t.like(server.record(), { name: 'n1', listen: address, version: (await natsServerBinary()).version })
  t.is(server.record().exit, undefined)
  await server.stop()
  await server.stop()
  t.false(await isRunning(pid))
  t.false(await isListening(address))
  t.like(server.record(), { exit: { signal: null } })
  t.true(server.record().logTail.some((line) => line.includes('Server is ready')))
})

test('a restart keeps ports and store', async (t) => {
  const server = await makeServer(t)
  await server.start()
  const before = [server.address, server.monitor]
  await withJetStream(server, async ({ js, manager }) => {
    await manager.streams.add({ name: 'S', subjects: ['s'] })
    await js.publish('s', 'x')
  })
  await server.stop()
  await server.start()
  t.deepEqual([server.address, server.monitor], before)
  const { state } = await withJetStream(server, ({ manager }) => manager.streams.info('S'))
  t.is(state.messages, 1)
})

test('a restart waits for its port to be free again', async (t) => {
  const server = await makeServer(t)
  await server.start()
  const { address } = server
  await server.stop()
  const free = await occupy(t, address)
  const start = server.start()
  await until(() => server.record().logTail.some((line) => line.includes('address already in use')))
  free()
  await start
  t.is(server.address, address)
  t.true(await isListening(address))
})

test('a first start chooses other ports when one is taken', async (t) => {
  const server = await makeServer(t)
  const taken = server.address
  await occupy(t, taken)
  await server.start()
  t.not(server.address, taken)
  t.is((await readGreeting(server.address)).server_name, 'n1')
})

test('options arrive at the server', async (t) => {
  const server = await makeServer(t, { syncInterval: 'always', maxPayload: 2_048 })
  await server.start()
  const [varz, jsz] = await Promise.all(
    ['/varz', '/jsz?config=true'].map(async (path) => (await fetch(server.monitor + path)).json()),
  )
  t.like(varz, { max_payload: 2_048 })
  const { version } = server.record()
  const knowsSync = natsFeatures(version).syncInterval
  t.like(jsz, { config: { sync_always: knowsSync || undefined } })
  t.is(server.record().syncInterval, knowsSync ? 'always' : 'unknown')
})

test('a server that dies is told of, one that is stopped is not', async (t) => {
  const died: ServerRecord[] = []
  const server = await makeServer(t, { onDied: (record) => void died.push(record) })
  await server.start()
  await server.stop()
  await server.start()
  process.kill(server.pid!, 'SIGKILL')
  await until(() => died.length > 0)
  t.like(died, { length: 1, 0: { name: 'n1', exit: { code: null, signal: 'SIGKILL' } } })
})

test('a server that is stopped with SIGSTOP still ends by SIGTERM', async (t) => {
  const server = await makeServer(t)
  await server.start()
  process.kill(server.pid!, 'SIGSTOP')
  await server.stop()
  t.not(server.record().exit?.signal, 'SIGKILL')
  t.false(await isRunning(server.pid!))
})

test('a binary that ends while it starts is told of with its last words', async (t) => {
  const path = join(await temporaryFolder(t), 'broken')
  await writeFile(path, '#!/bin/sh\necho "nats-server: no room for another" >&2\nexit 3\n')
  await chmod(path, 0o755)
  const server = await makeServer(t, { binary: { path, version: '2.15.2', sha256: '' } })
  const error = await t.throwsAsync(server.start(), { instanceOf: UserError })
  t.regex(error.message, /nats-server n1 \(.*broken\) ended while it was starting \(exit code 3\)/)
  t.is(error.frame, 'nats-server: no room for another')
  t.false(await isRunning(server.pid!))
})

// The oldest version that is supported, where there is one: Debian's package.
const old = process.env.SQUALL_NATS_SERVER_OLD
const testOld = old ? test : test.skip

testOld('runs nats-server 2.9', async (t) => {
  const binary = await findBinary('nats-server', { option: old })
  const server = await makeServer(t, { binary: binary!, syncInterval: 'always' })
  await server.start()
  await withJetStream(server, ({ manager }) => manager.streams.add({ name: 'S', subjects: ['s'] }))
  t.like(server.record(), { version: binary!.version, syncInterval: 'unknown' })
})
