import { connect } from 'node:net'
import test from 'ava'
import { rig } from '../conformance/sockets.ts'
import { embeddedEngine } from './engine.ts'

const garbage: unknown[] = [
  '',
  '{',
  '}{',
  '\u0000',
  '{"name":',
  '{"a":1e}',
  'NaN',
  'undefined',
  "{'name':'a'}",
  '[[[[[[',
  '"text"',
  '12',
  'true',
  '{"__proto__":{"name":"a"}}',
  '['.repeat(100_000),
  JSON.stringify({ name: 'a', upstream: 5 }),
  JSON.stringify({ name: ['a'], upstream: {} }),
  JSON.stringify({ type: 'latency', attributes: 'x' }),
  JSON.stringify({ type: '__proto__' }),
  JSON.stringify({ type: 'constructor', attributes: {} }),
  JSON.stringify({ type: 'latency', stream: '' }),
  JSON.stringify({ type: 'latency', toxicity: '1' }),
  '{"type":"latency","toxicity":1e999}',
  '{"type":"latency","attributes":{"latency":1e999}}',
  '{"type":"latency","attributes":{"latency":-1e999}}',
  '{"type":"latency","attributes":{"latency":9223372036854775808}}',
  '{"type":"latency","attributes":{"jitter":-9223372036854775808}}',
  '{"type":"latency","attributes":{"latency":0.1}}',
  '{"type":"latency","attributes":{"latency":true}}',
  '{"type":"latency","attributes":{"latency":[1]}}',
  '{"type":"bandwidth","attributes":{"rate":2147483648}}',
  '{"type":"slicer","attributes":{"average_size":0}}',
  '{"type":"slicer","attributes":{"average_size":-1,"size_variation":-2}}',
  '{"type":"limit_data","attributes":{"bytes":1e16}}',
]

test('no body is too bad for a 4xx in Toxiproxy’s shape', async (t) => {
  const engine = await embeddedEngine(t)
  await engine.call('POST', '/proxies', { name: 'p', upstream: '127.0.0.1:9' })
  await engine.call('POST', '/proxies/p/toxics', { type: 'slicer', name: 't', attributes: { average_size: 10 } })
  for (const body of garbage) {
    for (const path of ['/proxies', '/populate', '/proxies/p/toxics']) {
      const answer = await engine.call('POST', path, body)
      t.regex(String(answer.status), /^4\d\d$/, `${path} ${String(body).slice(0, 80)}`)
      t.is(answer.json.status, answer.status)
      t.is(typeof answer.json.error, 'string')
    }
  }
  for (const body of ['{', '[]', '7', '{"attributes":{"average_size":0}}', '{"attributes":{"size_variation":10}}']) {
    t.is((await engine.call('PATCH', '/proxies/p/toxics/t', body)).status, 400, body)
  }
  const { json } = await engine.call('GET', '/proxies')
  t.deepEqual(Object.keys(json), ['p'])
  t.deepEqual(json.p.toxics[0].attributes, { average_size: 10, size_variation: 0, delay: 0 })
})

test('names that mean something to JavaScript are only names', async (t) => {
  const { call } = await embeddedEngine(t)
  for (const name of ['__proto__', 'constructor', 'toString', '1', ' ', '..', 'a?b#c']) {
    const path = `/proxies/${encodeURIComponent(name)}`.replace('..', '%2E%2E')
    t.is((await call('POST', '/proxies', { name, upstream: '127.0.0.1:9', enabled: false })).status, 201)
    if (name === '..') continue // every client and server resolves it in a path
    t.is((await call('GET', path)).json?.name, name)
    t.true(Object.hasOwn((await call('GET', '/proxies')).json, name))
    t.is((await call('DELETE', path)).status, 204)
  }
})

test('what is not HTTP does not harm the API', async (t) => {
  const engine = await embeddedEngine(t)
  for (const noise of ['\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'x'.repeat(100_000), '\u0016\u0003\u0001']) {
    const socket = connect(Number(new URL(engine.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.end(noise)
    await new Promise((resolve) => socket.on('close', resolve).resume())
  }
  t.is((await engine.call('GET', '/version')).status, 200)
})

test('many creations of one name at once: one wins', async (t) => {
  const { call } = await embeddedEngine(t)
  const body = { name: 'a', upstream: '127.0.0.1:9' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/proxies', body)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(19).fill(409)])
})

test('changes of one proxy at once leave it whole', async (t) => {
  const engine = await embeddedEngine(t)
  const proxy = await rig(t, engine)
  const path = `/proxies/${proxy.name}`
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      index % 3 === 0
        ? engine.call('POST', '/reset')
        : engine.call('PATCH', path, { enabled: index % 2 === 0, listen: proxy.listen }),
    ),
  )
  t.is((await engine.call('PATCH', path, { enabled: true })).status, 200)
  const { client, server } = await proxy.connect()
  client.send('x')
  await server.received(1)
})

test('patching toxics under traffic loses and reorders nothing', async (t) => {
  const engine = await embeddedEngine(t)
  const proxy = await rig(t, engine)
  const { client, server } = await proxy.connect()
  const numbers = Array.from({ length: 60_000 }, (_, index) => `${index}\n`).join('')
  const sent = new Promise<void>((resolve) => {
    let offset = 0
    const timer = setInterval(() => {
      client.send(numbers.slice(offset, offset + 2000))
      offset += 2000
      if (offset < numbers.length) return
      clearInterval(timer)
      resolve()
    }, 5)
  })
  let busy = true
  void sent.then(() => {
    busy = false
  })
  const toxics: [string, object][] = [
    ['latency', { latency: 20, jitter: 20 }],
    ['bandwidth', { rate: 300 }],
    ['slicer', { average_size: 50, size_variation: 20, delay: 10 }],
    ['limit_data', { bytes: 1e9 }],
    ['noop', {}],
  ]
  for (let round = 0; busy; round++) {
    const paths: string[] = []
    for (const [type, attributes] of toxics) {
      const toxicity = round % 2 === 0 ? 1 : 0.5
      paths.push(await proxy.toxic(type, attributes, { stream: 'upstream', name: `${type}-${round}`, toxicity }))
    }
    for (const path of paths) await engine.call('PATCH', path, { toxicity: round % 3 === 0 ? 0 : 1 })
    for (const path of paths) await engine.call('DELETE', path)
  }
  await server.received(numbers.length)
  t.is(server.bytes.toString(), numbers)
})
