import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { ExecutionContext } from 'ava'
import { startEmbedded } from '../../toxiproxy/index.ts'
import { deviationSuite } from './deviation.ts'
import { type Engine, engineOf, ownHost } from './engines.ts'
import { accepted, connectTo, rig, roundTrips, upstreamServer, within } from './sockets.ts'

const { deviation } = deviationSuite('data')
const slack = 3
/** Far beyond any standstill of the machine: what has not come by then does not come. */
const never = 30_000
const listen = `${ownHost}:0`

/** Which of 30 connections a toxic of toxicity 0.5 touches. */
async function touchedConnections(t: ExecutionContext, engine: Engine, name: string): Promise<boolean[]> {
  const server = await upstreamServer(t, (peer) => void peer.socket.write('x'))
  const created = await engine.call('POST', '/proxies', { name, listen, upstream: server.address })
  await engine.call('POST', `/proxies/${name}/toxics`, { type: 'limit_data', attributes: { bytes: 0 }, toxicity: 0.5 })
  const touched: boolean[] = []
  for (let index = 0; index < 30; index++) {
    const client = await connectTo(t, created.json.listen)
    touched.push((await Promise.race([client.received(1), client.ended.then(() => 'closed')])) === 'closed')
  }
  await engine.call('DELETE', `/proxies/${name}`)
  return touched
}
deviation(
  'seed-works',
  async (t) => {
    const seen: boolean[][] = []
    for (const seed of [7, 7, 8]) {
      const server = await startEmbedded({ seed })
      seen.push(await touchedConnections(t, engineOf(server), 'seeded'))
      await server.stop()
    }
    const [first, same, other] = seen.map((touched) => touched.join())
    return [same === first, other === first]
  },
  { embedded: [true, false] },
)

deviation(
  'toxicity-decided-once',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('timeout', { timeout: 0 }, { toxicity: 0.5 })
    const connections: Awaited<ReturnType<typeof proxy.connect>>[] = []
    while (connections.length < 24) connections.push(await proxy.connect())
    const allElseCame = await roundTrips(t, engine)
    const relayed = async () => {
      const had = connections.map(({ client }) => client.size)
      for (const { server } of connections) server.send('x')
      await allElseCame()
      return connections.map(({ client }, index) => client.size > had[index]!)
    }
    const before = await relayed()
    for (let index = 0; index < 5; index++) await engine.call('PATCH', path, {})
    const after = await relayed()
    return before.join() === after.join() && new Set(before).size === 2
  },
  { embedded: true }, // the real one may agree by luck
)

/**
 * Five messages into a latency, a change of the toxic, and one more: do they all come when they are due? The real one lets
 * some out at once, so that its latency can be longer than any standstill.
 */
async function comeWhenDue(
  t: ExecutionContext,
  engine: Engine,
  count: number,
  change: (path: string) => Promise<unknown>,
) {
  const proxy = await rig(t, engine)
  const latency = engine.kind === 'real' ? 20_000 : 1000
  const path = await proxy.toxic('latency', { latency })
  const allElseCame = await roundTrips(t, engine)
  const { client, server } = await proxy.connect()
  const sent: number[] = []
  for (let index = 0; index < 5; index++) {
    sent.push(server.send('x'))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await allElseCame() // so that the toxic has them
  await change(path)
  sent.push(server.send('x'))
  for (const [index, at] of sent.slice(0, count).entries()) {
    if ((await client.received(index + 1)) - at < latency - slack) return false
  }
  return true
}

deviation('removal-drains', (t, engine) => comeWhenDue(t, engine, 5, (path) => engine.call('DELETE', path)), {
  embedded: true,
  real: false,
})

deviation('patch-keeps-due-times', (t, engine) => comeWhenDue(t, engine, 6, (path) => engine.call('PATCH', path, {})), {
  embedded: true,
  real: false,
})

deviation(
  'latency-adds-to-bandwidth',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    await proxy.toxic('bandwidth', { rate: 10 })
    await proxy.toxic('latency', { latency: 400 })
    // The shortest of some: a standstill only adds.
    for (let count = 0; count < 4; count++) {
      const { client, server } = await proxy.connect()
      const sent = server.send(Buffer.alloc(4000))
      if ((await client.received(4000)) - sent < 800 - slack) return false
    }
    return true
  },
  { embedded: true, real: false },
)

deviation(
  'latency-buffer-in-bytes',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    await proxy.toxic('latency', { latency: 60_000 }, { stream: 'upstream' })
    const { client } = await proxy.connect()
    const allElseCame = await roundTrips(t, engine)
    const chunk = Buffer.alloc(1024 * 1024)
    let written = 0
    // Writes until the socket has taken nothing for a while, in which the engine did other things.
    for (let taken = true; taken && written < 256; ) {
      const took = new Promise<void>((resolve) => client.socket.write(chunk, () => resolve()))
      taken =
        (await within(700, took)) !== 'late' ||
        (await Promise.race([took, allElseCame().then(() => 'late')])) !== 'late'
      if (taken) written++
    }
    // The kernel's buffers on both sides come on top: a few MiB.
    return written >= 14 && written < 30
  },
  { embedded: true, real: false },
)

deviation(
  'bandwidth-in-small-pieces',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    await proxy.toxic('bandwidth', { rate: 50 })
    // The most of some: a standstill only joins pieces.
    for (let count = 0; count < 4; count++) {
      const { client, server } = await proxy.connect()
      server.send(Buffer.alloc(40_000))
      await client.received(40_000)
      if (client.arrivals.length > 12) return true // of 40, or of about 9
    }
    return false
  },
  { embedded: true, real: false },
)

deviation(
  'delete-never-hangs',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('latency', { latency: 100 }, { stream: 'upstream' })
    const { client, server } = await proxy.connect()
    server.socket.pause()
    const data = Buffer.alloc(20_000_000, 'x')
    client.send(data)
    while (client.socket.bytesWritten - client.socket.writableLength === 0) await within(10, client.closed)
    await within(300, client.closed) // for the receiver's buffers to fill
    const deleted = await within(never, engine.call('DELETE', path))
    const listed = await within(never, engine.call('GET', '/proxies'))
    server.socket.resume()
    await server.received(data.length)
    return [deleted !== 'late' && deleted.status, listed !== 'late' && listed.status]
  },
  { embedded: [204, 200] }, // the real one would be lost for the tests that follow
)

deviation(
  'dial-never-blocks',
  async (t, engine) => {
    const stuck = await stuckListener(t)
    const name = 'stuck'
    const { json } = await engine.call('POST', '/proxies', { name, listen, upstream: stuck })
    const client = await connectTo(t, json.listen)
    await accepted(client)
    await connectTo(t, json.listen)
    const off = await within(never, engine.call('PATCH', `/proxies/${name}`, { enabled: false }))
    await engine.call('DELETE', `/proxies/${name}`)
    return [off !== 'late' && off.status, (await client.ended).how]
  },
  { embedded: [200, 'fin'] }, // the real one would not answer for two minutes
)

/** An address that takes no more connections: stopped, with its queue full. */
async function stuckListener(t: ExecutionContext): Promise<string> {
  const code = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => void child.kill('SIGKILL'))
  const port = Number(String((await once(child.stdout, 'data'))[0]))
  child.kill('SIGSTOP')
  for (;;) {
    const filler = connect(port, '127.0.0.1')
    filler.on('error', () => {})
    t.teardown(() => void filler.destroy())
    if ((await within(200, once(filler, 'connect'))) === 'late') return `127.0.0.1:${port}`
  }
}

deviation(
  'timeout-under-traffic',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    // A standstill as long as the timeout closes the real one too; one connection without any is enough.
    const [timeout, watched] = engine.kind === 'real' ? [1500, 4000] : [400, never]
    await proxy.toxic('timeout', { timeout }, { stream: 'upstream' })
    for (let count = 0; count < 3; count++) {
      const { client } = await proxy.connect()
      const traffic = setInterval(() => client.send('x'), 20)
      const ended = await within(watched, client.ended)
      clearInterval(traffic)
      if (ended === 'late') return 'never'
    }
    return 'closed'
  },
  { embedded: 'closed', real: 'never' },
)

deviation(
  'timeout-spares-the-idle',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    const { client, server } = await proxy.connect()
    // The real one has its link some time after it connected.
    server.send('x')
    await client.received(1)
    await engine.call('DELETE', await proxy.toxic('timeout', { timeout: 0 }))
    server.send('x')
    return Promise.race([client.received(2).then(() => 'lives'), client.ended.then(() => 'closed')])
  },
  { embedded: 'lives', real: 'closed' },
)

deviation(
  'black-hole-holds-the-end',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    const path = await proxy.toxic('timeout', { timeout: 0 }, { stream: 'upstream' })
    const ends: string[] = []
    for (const how of ['fin', 'reset']) {
      const { client, server } = await proxy.connect()
      if (how === 'fin') client.socket.end()
      else client.socket.resetAndDestroy()
      const ended = await within(engine.kind === 'real' ? never : 1500, server.ended)
      ends.push(ended === 'late' ? 'held' : 'let through')
      if (ended !== 'late' || how === 'fin') continue
      await engine.call('DELETE', path)
      await server.ended
    }
    return ends
  },
  { embedded: ['held', 'held'], real: ['let through', 'let through'] },
)

deviation(
  'half-close',
  async (t, engine) => {
    const { client, server } = await (await rig(t, engine)).connect()
    client.socket.end('request')
    await server.ended
    server.socket.end('answer')
    await client.ended
    return client.bytes.toString()
  },
  { embedded: 'answer', real: '' },
)

deviation(
  'reset-is-a-reset',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    const idle = await proxy.connect()
    const busy = await proxy.connect()
    busy.server.send('x')
    await busy.client.received(1)
    await proxy.toxic('reset_peer', { timeout: 0 })
    busy.server.socket.write('x')
    const [one, other] = await Promise.all([
      busy.client.ended,
      within(engine.kind === 'real' ? 1500 : never, idle.client.ended),
    ])
    return [one.how, other === 'late' ? 'nothing' : other.how]
  },
  { embedded: ['reset', 'reset'], real: ['fin', 'nothing'] },
)

deviation(
  'reset-respects-toxicity',
  async (t, engine) => {
    const proxy = await rig(t, engine)
    await proxy.toxic('reset_peer', { timeout: 0 }, { toxicity: 0 })
    const { client, server } = await proxy.connect()
    server.socket.end() // behind bytes, libuv may report a RST as an end
    return (await client.ended).how
  },
  { embedded: 'fin', real: 'reset' },
)

deviation(
  'rst-stays-rst',
  async (t, engine) => {
    const { client, server } = await (await rig(t, engine)).connect()
    client.socket.resetAndDestroy()
    return (await server.ended).how
  },
  { embedded: 'reset', real: 'fin' },
)
