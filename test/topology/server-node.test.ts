import test from 'ava'
import { connect } from 'nats'
import { Toxiproxy } from 'toxiproxy-node-client'
import { UserError } from '../../lib/errors.ts'
import { readJetStream } from '../../lib/topology/index.ts'
import { LinkProxies } from '../../lib/topology/proxies/proxies.ts'
import type { NatsServer } from '../../lib/topology/server/nats-server.ts'
import { meshShape } from '../../lib/topology/shapes/shape.ts'
import { isListening, isRunning, makeServer, occupy, startEngine, until } from './support.ts'

async function streamNames(server: NatsServer): Promise<string[]> {
  const nats = await connect({ servers: server.address })
  try {
    const manager = await nats.jetstreamManager()
    return (await manager.streams.names().next()) as string[]
  } finally {
    await nats.close()
  }
}

async function addStream(server: NatsServer): Promise<void> {
  const nats = await connect({ servers: server.address })
  await (await nats.jetstreamManager()).streams.add({ name: 'S', subjects: ['s'] })
  await nats.close()
}

test('it is down until it is ready, and after each way to end it', async (t) => {
  let died = false
  const onDied = () => {
    died = true
  }
  const server = await makeServer(t, { onDied })
  t.is(server.state, 'down')
  const ends = [
    ['kill', 'SIGKILL'],
    ['stop', null],
    ['lameDuck', null],
  ] as const
  for (const [way, signal] of ends) {
    const start = server.start()
    t.is(server.state, 'down')
    await start
    t.is(server.state, 'running')
    await t.throwsAsync(server.start(), { message: 'n1 is already started' })
    await server[way]()
    t.is(server.state, 'down')
    t.false(await isRunning(server.pid!))
    t.is(server.record().exit?.signal, signal, way)
  }
  await t.throwsAsync(server.pause(), { message: /n1 is down/ })
  t.false(died)
})

test('lame duck mode is entered, not just an end', async (t) => {
  const server = await makeServer(t)
  await server.start()
  await server.lameDuck()
  t.true(server.record().logTail.some((line) => line.includes('lame duck mode')))
})

test('a paused one keeps its port and does not answer, until it is resumed or ended', async (t) => {
  const server = await makeServer(t)
  await server.start()
  await server.pause()
  t.is(server.state, 'paused')
  t.true(await isListening(server.address))
  t.deepEqual(await readJetStream([server]), [])
  server.resume()
  t.is(server.state, 'running')
  t.is((await readJetStream([server], 10_000)).length, 1)
  await server.pause()
  await server.kill()
  t.is(server.state, 'down')
  await server.start()
  t.is(server.state, 'running')
})

test('one that somebody else stops does not hold its readers up', async (t) => {
  const server = await makeServer(t)
  await server.start()
  process.kill(server.pid!, 'SIGSTOP')
  // Its threads stop one after another, some after the signal was sent.
  await until(async () => (await readJetStream([server], 100)).length === 0)
  t.is(server.state, 'running')
})

test('a start keeps the store unless it is to be wiped', async (t) => {
  const server = await makeServer(t)
  await server.start()
  await addStream(server)
  await server.kill()
  await server.start()
  t.deepEqual(await streamNames(server), ['S'])
  await server.stop()
  await server.start({ wipe: true })
  t.deepEqual(await streamNames(server), [])
})

test('one that is stopped while it starts has not started, and is gone', async (t) => {
  const pids: number[] = []
  const server = await makeServer(t, { onSpawn: (pid) => pids.push(pid) })
  const start = t.throwsAsync(server.start(), { instanceOf: UserError })
  await server.stop()
  await start
  for (const pid of pids) t.false(await isRunning(pid))
  t.is(server.state, 'down')
})

test('a node whose cluster port is taken tries another, and its link is led there', async (t) => {
  const engine = await startEngine(t)
  const proxies = new LinkProxies({ runId: 'test', toxiproxy: new Toxiproxy(engine.url), external: false })
  const server = await makeServer(t, { routes: () => ({ dial: ['127.0.0.1:1'], protect: true }) })
  const plan = { ...meshShape(2).links.find(({ name }) => name === 'route-n2-n1')! }
  const taken = server.addressFor(plan)
  const early = await proxies.create(plan, taken)
  await occupy(t, taken)
  await server.start()
  t.not(server.addressFor(plan), taken)
  await t.throwsAsync(proxies.check(early), { instanceOf: UserError, message: /route-n2-n1 does not lead to .* n1/ })
  const link = await proxies.point(early, server.addressFor(plan))
  t.like(link, { listen: early.listen, upstream: server.addressFor(plan) })
  await t.notThrowsAsync(proxies.check(link))
})
