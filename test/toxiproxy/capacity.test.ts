import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { linkBytes, linkBytesPerLatency } from '../../toxiproxy/index.ts'
import { ownHost } from '../conformance/engines.ts'
import { connectTo, rig, upstreamServer } from '../conformance/sockets.ts'
import { embeddedEngine, openHandles, residentBytes, until } from './engine.ts'

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip
const MiB = 1024 * 1024

test.serial('1000 proxies, each of which works', async (t) => {
  const engine = await embeddedEngine(t)
  const upstream = await upstreamServer(t, (peer) => peer.socket.pipe(peer.socket))
  const bodies = Array.from({ length: 1000 }, (_, index) => ({
    name: `p${index}`,
    listen: `${ownHost}:0`,
    upstream: upstream.address,
  }))
  const populated = await engine.call('POST', '/populate', bodies)
  t.is(populated.json.proxies.length, 1000)
  t.is(Object.keys((await engine.call('GET', '/proxies')).json).length, 1000)
  await engine.call('POST', '/proxies/p999/toxics', { type: 'latency', attributes: { latency: 1 } })
  for (const { listen } of populated.json.proxies.slice(0, 1000)) {
    const { socket } = await connectTo(t, listen)
    socket.write('x')
    await once(socket, 'data')
    socket.destroy()
  }
  t.is((await engine.call('POST', '/reset')).status, 204)
  t.deepEqual((await engine.call('GET', '/proxies/p999')).json.toxics, [])
})

onLinux('10 000 connections opened and closed leave nothing behind', async (t) => {
  const engine = await embeddedEngine(t)
  const upstream = await upstreamServer(t, ({ socket }) => void socket.on('data', (data) => socket.end(data)))
  const name = 'many'
  const { json } = await engine.call('POST', '/proxies', { name, listen: `${ownHost}:0`, upstream: upstream.address })
  await engine.call('POST', '/proxies/many/toxics', { type: 'latency', attributes: { latency: 1 } })
  await engine.call('POST', '/proxies/many/toxics', {
    type: 'slow_close',
    stream: 'upstream',
    attributes: { delay: 1 },
  })
  const port = Number(json.listen.split(':')[1])
  const idle = openHandles(engine.pid)

  const one = async (how: 'fin' | 'reset') => {
    const socket = connect(port, ownHost)
    socket.write('x')
    await once(socket, 'data')
    if (how === 'reset') socket.resetAndDestroy()
    else socket.end()
    await once(socket, 'close')
  }
  const many = (count: number) =>
    Promise.all(
      Array.from({ length: 50 }, async (_, lane) => {
        for (let index = 0; index < count / 50; index++) await one((lane + index) % 2 === 0 ? 'fin' : 'reset')
      }),
    )

  await many(4000)
  await until(() => openHandles(engine.pid) <= idle + 1) // the API's own connection may be one more
  const warm = residentBytes(engine.pid)
  await many(6000)
  await until(() => openHandles(engine.pid) <= idle + 1)
  const growth = residentBytes(engine.pid) - warm
  t.log(`resident memory after 10 000 connections: ${Math.round(growth / MiB)} MiB more than after 4000`)
  t.true(growth < 48 * MiB)
})

test.serial('control calls are answered while data flows at full speed', async (t) => {
  const engine = await embeddedEngine(t)
  const flood = new Worker(new URL('./fixtures/flood.mjs', import.meta.url), { workerData: { connections: 20 } })
  t.teardown(() => flood.terminate())
  const [{ port }] = await once(flood, 'message')
  const body = { name: 'flood', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}` }
  const { json } = await engine.call('POST', '/proxies', body)
  flood.postMessage({ port: Number(json.listen.split(':')[1]) })
  const received = async () => {
    flood.postMessage('count')
    return (await once(flood, 'message'))[0].received as number
  }
  while ((await received()) < 16 * MiB);

  const before = await received()
  const took: number[] = []
  for (let index = 0; index < 40; index++) {
    const start = performance.now()
    const path = '/proxies/flood/toxics'
    if (index % 2 === 0) await engine.call('POST', path, { type: 'latency', attributes: { latency: 1 } })
    else await engine.call('DELETE', `${path}/latency_downstream`)
    took.push(performance.now() - start)
  }
  t.true((await received()) > before, 'data did flow')
  took.sort((a, b) => a - b)
  const median = took[took.length / 2] ?? 0
  t.log(`control call: median ${median.toFixed(1)} ms, slowest ${took.at(-1)?.toFixed(1)} ms`)
  t.true(median < 100)
})

for (const { toxic, perLink } of [
  { toxic: undefined, perLink: linkBytes },
  { toxic: { type: 'latency', attributes: { latency: 10 } }, perLink: linkBytes + linkBytesPerLatency },
]) {
  onLinux(`a stalled receiver: memory is bounded ${toxic ? 'with' : 'without'} latency`, async (t) => {
    const engine = await embeddedEngine(t)
    const proxy = await rig(t, engine)
    if (toxic) await proxy.toxic(toxic.type, toxic.attributes, { stream: 'upstream' })
    const connections = 4
    const before = residentBytes(engine.pid)
    const chunk = Buffer.alloc(MiB)
    for (let index = 0; index < connections; index++) {
      const { client, server } = await proxy.connect()
      server.socket.pause()
      const sent = () => client.socket.bytesWritten - client.socket.writableLength
      for (let write = 0; write < 64; write++) client.socket.write(chunk)
      // Until the sender is stuck: nothing more was taken for a while.
      for (let last = -1; last !== sent(); ) {
        last = sent()
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
      t.true(sent() < 64 * MiB, 'the sender meets back-pressure')
    }
    const growth = residentBytes(engine.pid) - before
    t.log(
      `resident memory: ${Math.round(growth / MiB)} MiB more, stated ${Math.round((connections * perLink) / MiB)} MiB`,
    )
    // V8's heap and the allocator's slack do not depend on the number of links.
    t.true(growth < connections * perLink + 64 * MiB)
    t.is((await engine.call('GET', '/version')).status, 200)
  })
}
