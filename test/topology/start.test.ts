import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { connect } from 'nats'
import { UserError } from '../../lib/errors.ts'
import { startTopology } from '../../lib/topology/index.ts'
import { readGreeting } from '../../lib/topology/server/greeting.ts'
import { contextFor, isListening, isRunning, startEngine, startRig } from './support.ts'

test('clients reach the server through one proxy for each role', async (t) => {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  t.deepEqual(topology.links.map(({ name }) => name).sort(), ['consumers-n1', 'publishers-n1'])
  const [publisher, consumer] = await Promise.all([
    connect({ servers: [...topology.clientUrls.publishers] }),
    connect({ servers: [...topology.clientUrls.consumers] }),
  ])
  t.teardown(() => Promise.all([publisher.close(), consumer.close()]))
  const subscription = consumer.subscribe('hello', { max: 1 })
  await consumer.flush()
  publisher.publish('hello', 'world')
  for await (const message of subscription) t.is(message.string(), 'world')

  const proxies = await toxiproxy.getAll()
  t.deepEqual(Object.keys(proxies).sort(), ['consumers-n1', 'publishers-n1'])
  t.deepEqual(
    topology.links.map(({ listen, upstream }) => ({ listen, upstream })),
    topology.links.map(({ proxy }) => ({ listen: proxies[proxy]!.listen, upstream: proxies[proxy]!.upstream })),
  )
})

test('no client learns the real port', async (t) => {
  const { topology } = await startRig(t, await startEngine(t))
  for (const { listen, upstream } of topology.links) {
    const info = await readGreeting(listen)
    t.is(info.connect_urls, undefined)
    t.is(info.server_name, 'n1')
    t.not(`${info.host}:${info.port}`, upstream)
    t.false(JSON.stringify(info).includes(upstream.split(':')[1]!))
  }
})

test('stopping ends process and ports, and the records stay', async (t) => {
  const { topology, pids } = await startRig(t, await startEngine(t))
  t.is(pids.length, 1)
  t.true(await isRunning(pids[0]!))
  await Promise.all([topology.stop(), topology.stop()])
  t.false(await isRunning(pids[0]!))
  t.false(await isListening(topology.links[0]!.upstream))
  t.like(topology.servers(), [{ name: 'n1', exit: { signal: null } }])
})

test('runs share a Toxiproxy without getting into each other’s way', async (t) => {
  const engine = await startEngine(t)
  const { topology, toxiproxy } = await startRig(t, engine, { external: true, runId: 'first' })
  const { topology: other } = await startRig(t, engine, { external: true, runId: 'second' })
  t.deepEqual(Object.keys(await toxiproxy.getAll()).sort(), [
    'squall-first-consumers-n1',
    'squall-first-publishers-n1',
    'squall-second-consumers-n1',
    'squall-second-publishers-n1',
  ])
  await other.stop()
  t.deepEqual(Object.keys(await toxiproxy.getAll()).sort(), ['squall-first-consumers-n1', 'squall-first-publishers-n1'])
  t.true(await isListening(topology.links[0]!.listen))
})

test('a Toxiproxy that is not there is told of, and the server does not stay', async (t) => {
  const engine = await startEngine(t)
  await engine.stop()
  const { context, pids } = await contextFor(t, engine.url)
  const error = await t.throwsAsync(startTopology({ kind: 'single' }, context), { instanceOf: UserError })
  t.regex(
    error.message,
    /^link publishers-n1 has no proxy at http:\/\/127\.0\.0\.1:\d+: create proxy publishers-n1: Toxiproxy: /,
  )
  t.is(pids.length, 1)
  t.false(await isRunning(pids[0]!))
})

test('a proxy of the same name is told of, and what was made before it is unmade', async (t) => {
  const engine = await startEngine(t)
  const { context, pids } = await contextFor(t, engine.url, { external: true, runId: 'mine' })
  await context.toxiproxy.createProxy({
    name: 'squall-mine-consumers-n1',
    listen: '127.0.0.1:0',
    upstream: '127.0.0.1:1',
  })
  const start = startTopology({ kind: 'single' }, context)
  const error = await t.throwsAsync(start, { instanceOf: UserError })
  t.regex(error.message, /^link consumers-n1 has no proxy .*status 409/)
  t.deepEqual(Object.keys(await context.toxiproxy.getAll()), ['squall-mine-consumers-n1'])
  t.false(await isRunning(pids[0]!))
})

test('a binary that can not start is told of', async (t) => {
  const { context } = await contextFor(t, (await startEngine(t)).url)
  const path = join(context.runDir, 'broken')
  await writeFile(path, '#!/bin/sh\nexit 9\n')
  await chmod(path, 0o755)
  const start = startTopology({ kind: 'single' }, { ...context, natsServer: { ...context.natsServer, path } })
  t.regex((await t.throwsAsync(start, { instanceOf: UserError })).message, /exit code 9/)
  t.deepEqual(await context.toxiproxy.getAll(), {})
})
