import { createHash, randomBytes } from 'node:crypto'
import { suite } from './engines.ts'
import { connectTo, refusingAddress, rig, within } from './sockets.ts'

// Lower bounds are exact but for the clocks of two processes. Upper bounds are far beyond any standstill of the machine:
// what is not to be delayed is sent while the toxic would hold it up for a minute.
const { both } = suite()
const slack = 3
const minute = 60_000

const streams = ['upstream', 'downstream'] as const

both('relays both ways, byte for byte', async (t, engine) => {
  const { client, server } = await (await rig(t, engine)).connect()
  const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
  const up = randomBytes(3_000_000)
  const down = randomBytes(2_000_000)
  client.send(up)
  server.send(down)
  await Promise.all([server.received(up.length), client.received(down.length)])
  t.is(hash(server.bytes), hash(up))
  t.is(hash(client.bytes), hash(down))
})

both('the end of a client reaches the upstream, behind its bytes', async (t, engine) => {
  const { client, server } = await (await rig(t, engine)).connect()
  client.socket.end('last words')
  t.is((await server.ended).how, 'fin')
  t.is(server.bytes.toString(), 'last words')
})

for (const stream of streams) {
  both(`latency ${stream} delays that direction only`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('latency', { latency: 300 }, { stream })
    const { client, server } = await proxy.connect()
    const [slow, fast] = stream === 'upstream' ? [client, server] : [server, client]
    const sent = slow.send('slow')
    const took = (await fast.received(4)) - sent
    t.true(took >= 300 - slack && took < minute, `${took} ms`)

    await engine.call('PATCH', path, { attributes: { latency: minute } })
    const sentBack = fast.send('fast')
    t.true((await slow.received(4)) - sentBack < minute, 'the other direction is not delayed')
    await engine.call('DELETE', path)
    const sentAgain = slow.send('again')
    t.true((await fast.received(9)) - sentAgain < minute, 'nor is anything once it is removed')
  })

  both(`bandwidth ${stream} limits that direction only`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('bandwidth', { rate: 100 }, { stream })
    const { client, server } = await proxy.connect()
    const [slow, fast] = stream === 'upstream' ? [client, server] : [server, client]
    const data = randomBytes(60_000)
    const sent = slow.send(data)
    const took = (await fast.received(60_000)) - sent
    t.true(took >= 600 - slack && took < minute, `${took} ms for 60 KB at 100 KB/s`)
    t.deepEqual(fast.bytes, data)

    await engine.call('PATCH', path, { attributes: { rate: 1 } })
    const sentBack = fast.send(Buffer.alloc(60_000))
    t.true((await slow.received(60_000)) - sentBack < minute, 'the other direction is not limited')
  })

  both(`timeout ${stream} drops, then closes`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const { client, server } = await proxy.connect()
    const start = performance.now()
    await proxy.toxic('timeout', { timeout: 300 }, { stream })
    const [sender, receiver] = stream === 'upstream' ? [client, server] : [server, client]
    sender.send('lost')
    const [one, other] = await Promise.all([client.ended, server.ended])
    t.true(one.at - start >= 300 - slack)
    t.true(other.at - start >= 300 - slack)
    t.is(receiver.size, 0)
  })

  both(`limit_data ${stream} closes after so many bytes`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('limit_data', { bytes: 1000 }, { stream })
    const { client, server } = await proxy.connect()
    const [sender, receiver] = stream === 'upstream' ? [client, server] : [server, client]
    sender.send(Buffer.alloc(600, 'a'))
    await receiver.received(600)
    await engine.call('PATCH', path, {}) // the count goes on
    sender.send(Buffer.alloc(600, 'b'))
    await Promise.all([receiver.ended, sender.ended])
    t.is(receiver.size, 1000)
    t.is(receiver.bytes.toString(), 'a'.repeat(600) + 'b'.repeat(400))
  })

  both(`slow_close ${stream} delays the end, not the bytes`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('slow_close', { delay: minute }, { stream })
    const { client, server } = await proxy.connect()
    const [sender, receiver] = stream === 'upstream' ? [client, server] : [server, client]
    const sent = sender.send('bytes')
    t.true((await receiver.received(5)) - sent < minute)
    await engine.call('PATCH', path, { attributes: { delay: 500 } })
    const sentLast = sender.send(', the last')
    sender.socket.end()
    t.true((await receiver.ended).at - sentLast >= 500 - slack)
    t.is(receiver.bytes.toString(), 'bytes, the last')
  })

  both(`slicer ${stream} cuts, waits and loses nothing`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('slicer', { average_size: 100, size_variation: 20, delay: 20_000 }, { stream })
    const ends = async () => {
      const { client, server } = await proxy.connect()
      return stream === 'upstream' ? ([client, server] as const) : ([server, client] as const)
    }
    const [sender, receiver] = await ends()
    const data = randomBytes(2000)
    const sent = sender.send(data)
    const took = (await receiver.received(2000)) - sent
    t.deepEqual(receiver.bytes, data)
    // Slices are at most 120 bytes: at least 17 of them, and 16 waits between them.
    t.true(took >= 16 * 20 - slack, `${took} ms`)

    await engine.call('PATCH', path, { attributes: { delay: minute * 1000 } })
    const [other, alone] = await ends()
    other.send(data)
    await alone.received(1)
    t.true(alone.size <= 120, `the first slice, of ${alone.size} bytes, came alone`)
    t.deepEqual(alone.bytes, data.subarray(0, alone.size))
  })

  both(`reset_peer ${stream} resets a new connection when data flows`, async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('reset_peer', { timeout: minute }, { stream })
    const { client, server } = await proxy.connect()
    await engine.call('PATCH', path, { attributes: { timeout: 500 } })
    const sender = stream === 'upstream' ? client : server
    const sent = sender.send('x')
    const { how, at } = await client.ended
    t.is(how, 'reset')
    t.true(at - sent < minute)
    t.is(client.size + server.size, 0)
  })
}

both('jitter stays within its bounds and never reorders', async (t, engine) => {
  const proxy = await rig(t, engine)
  await proxy.toxic('latency', { latency: 100, jitter: 50 }, { stream: 'upstream' })
  const { client, server } = await proxy.connect()
  const delays: number[] = []
  for (let index = 0; index < 12; index++) {
    const sent = client.send(String.fromCharCode(97 + index))
    delays.push((await server.received(index + 1)) - sent)
  }
  t.is(server.bytes.toString(), 'abcdefghijkl')
  t.true(Math.min(...delays) >= 50 - slack, `${delays}`)
  t.true(Math.max(...delays) - Math.min(...delays) > 2, `${delays}`)
  for (let index = 0; index < 20; index++) client.send(String.fromCharCode(65 + index))
  await server.received(32)
  t.is(server.bytes.toString('latin1', 12), 'ABCDEFGHIJKLMNOPQRST')
})

both('latency is a pipeline: many chunks take one delay', async (t, engine) => {
  const proxy = await rig(t, engine)
  await proxy.toxic('latency', { latency: 400 })
  const { client, server } = await proxy.connect()
  const start = performance.now()
  const chunks = 40
  for (let index = 0; index < chunks; index++) {
    server.send('x')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.true((await client.received(chunks)) - start < chunks * 400)
})

both('toxics of a chain add up', async (t, engine) => {
  const proxy = await rig(t, engine)
  await proxy.toxic('latency', { latency: 150 }, { name: 'one' })
  await proxy.toxic('noop', {})
  await proxy.toxic('latency', { latency: 150 }, { name: 'two' })
  const { client, server } = await proxy.connect()
  const delays: number[] = []
  for (let index = 1; index <= 5; index++) {
    const sent = server.send('x')
    delays.push((await client.received(index)) - sent)
  }
  delays.sort((a, b) => a - b)
  // The real one takes off the second delay for what it itself was late with, up to 150 ms.
  const certain = engine.kind === 'real' ? delays[2] : delays[0]
  t.true((certain ?? 0) >= 300 - slack, `${delays}`)
})

both('toxics come and go on a living connection', async (t, engine) => {
  const proxy = await rig(t, engine)
  const { client, server } = await proxy.connect()
  server.send('a')
  await client.received(1)
  const path = await proxy.toxic('latency', { latency: 300 })
  let sent = server.send('b')
  t.true((await client.received(2)) - sent >= 300 - slack)
  await engine.call('PATCH', path, { attributes: { latency: 500 } })
  sent = server.send('c')
  t.true((await client.received(3)) - sent >= 500 - slack)
  await engine.call('PATCH', path, { attributes: { latency: minute } })
  await engine.call('DELETE', path)
  sent = server.send('d')
  t.true((await client.received(4)) - sent < minute)
})

both('toxicity 0 touches nothing, toxicity 0.5 touches some connections', async (t, engine) => {
  const never = await rig(t, engine)
  await never.toxic('timeout', { timeout: 0 }, { toxicity: 0 })
  const spared = await never.connect()
  spared.server.send('x')
  t.not(await within(minute, spared.client.received(1)), 'late')

  const half = await rig(t, engine)
  await half.toxic('limit_data', { bytes: 0 }, { toxicity: 0.5 })
  let touched = 0
  const connections = 40
  for (let index = 0; index < connections; index++) {
    const { client, server } = await half.connect()
    server.send('x')
    if ((await Promise.race([client.received(1), client.ended.then(() => 'closed')])) === 'closed') touched++
  }
  t.true(touched > 0, 'some, but for one run in 10^12')
  t.true(touched < connections, 'not all')
})

both('bandwidth 0 stalls the sender and loses nothing', async (t, engine) => {
  const proxy = await rig(t, engine)
  const path = await proxy.toxic('bandwidth', { rate: 0 }, { stream: 'upstream' })
  const { client, server } = await proxy.connect()
  const data = randomBytes(200_000)
  client.send(data)
  t.is(await within(300, server.received(1)), 'late')
  server.send('the other direction lives')
  await client.received(25)
  await engine.call('DELETE', path)
  await server.received(data.length)
  t.deepEqual(server.bytes, data)
})

both('timeout 0 is a black hole; its removal closes what lost bytes', async (t, engine) => {
  const proxy = await rig(t, engine)
  const path = await proxy.toxic('timeout', { timeout: 0 }, { stream: 'upstream' })
  const { client, server } = await proxy.connect()
  client.send('lost')
  t.is(await within(300, Promise.race([server.received(1), client.ended, server.ended])), 'late')
  server.send('the other direction lives')
  await client.received(25)
  await engine.call('DELETE', path)
  await Promise.all([client.ended, server.ended])
  t.is(server.size, 0)
})

both('disabled: connections close, new ones are refused, until it is enabled', async (t, engine) => {
  const proxy = await rig(t, engine)
  const { client, server } = await proxy.connect()
  await engine.call('PATCH', `/proxies/${proxy.name}`, { enabled: false })
  t.is((await client.ended).how, 'fin')
  t.is((await server.ended).how, 'fin')
  await t.throwsAsync(connectTo(t, proxy.listen), { code: 'ECONNREFUSED' })
  await engine.call('PATCH', `/proxies/${proxy.name}`, { enabled: true })
  const again = await proxy.connect()
  again.client.send('x')
  await again.server.received(1)
  t.pass()
})

both('a deleted proxy closes its connections', async (t, engine) => {
  const proxy = await rig(t, engine)
  const { client, server } = await proxy.connect()
  await engine.call('DELETE', `/proxies/${proxy.name}`)
  await Promise.all([client.ended, server.ended])
  t.pass()
})

both('toxics survive a restart of the proxy', async (t, engine) => {
  const proxy = await rig(t, engine)
  await proxy.toxic('latency', { latency: 300 })
  for (const enabled of [false, true]) await engine.call('PATCH', `/proxies/${proxy.name}`, { enabled })
  const { client, server } = await proxy.connect()
  const sent = server.send('x')
  t.true((await client.received(1)) - sent >= 300 - slack)
})

both('an upstream that is down: accepted, then closed', async (t, engine) => {
  for (const upstream of [await refusingAddress(t), 'nonsense']) {
    const name = `down-${upstream}`
    const { json } = await engine.call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream })
    t.is((await (await connectTo(t, json.listen)).ended).how, 'fin')
    await engine.call('DELETE', `/proxies/${name}`)
  }
})
