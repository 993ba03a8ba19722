import { ownHost, suite } from './engines.ts'
import { connectTo } from './sockets.ts'

// POST /reset and GET /proxies see every proxy of a server: one test at a time.
const { both } = suite({ serial: true })

const upstream = '127.0.0.1:9'
const listen = `${ownHost}:0`
const error = (message: string, status: number) => `${JSON.stringify({ error: message, status })}\n`

both('GET /version', async (t, { call }) => {
  const answer = await call('GET', '/version')
  t.is(answer.status, 200)
  t.is(answer.type, 'application/json;charset=utf-8')
  t.regex(answer.text, /^\{"version": "[^"]+"\}\n$/)
  t.regex(answer.headers.get('x-toxiproxy-request-id') ?? '', /^\w{20}$/)
})

both('POST /proxies creates and shows the bound address', async (t, { call }) => {
  const created = await call('POST', '/proxies', { name: 'a', listen, upstream, toxics: [{ type: 'latency' }] })
  t.is(created.status, 201)
  t.is(created.type, 'application/json')
  t.is(
    created.text.replace(/:[1-9]\d+"/, ':PORT"'),
    `{"name":"a","listen":"${ownHost}:PORT","upstream":"127.0.0.1:9","enabled":true,"Logger":{},"toxics":[]}`,
  )
  t.is((await call('GET', '/proxies/a')).text, created.text)
  t.deepEqual((await call('GET', '/proxies')).json, { a: created.json })
  t.is((await call('DELETE', '/proxies/a')).status, 204)
  t.is((await call('GET', '/proxies')).text, '{}')
})

both('POST /proxies disabled binds nothing', async (t, { call }) => {
  const created = await call('POST', '/proxies', { name: 'off', listen, upstream, enabled: false })
  t.is(created.status, 201)
  t.is(created.json.listen, listen)
  t.false(created.json.enabled)
  await call('DELETE', '/proxies/off')
})

both('POST /proxies refuses what it can not make', async (t, { call }) => {
  const bad = async (body: unknown, message: string | RegExp, status = 400) => {
    const answer = await call('POST', '/proxies', body)
    t.is(answer.status, status)
    t.is(answer.type, 'text/plain; charset=utf-8')
    t.is(answer.json.status, status)
    if (typeof message === 'string') t.is(answer.text, error(message, status))
    else t.regex(answer.json.error, message)
  }
  await bad('{', 'bad request body: unexpected EOF')
  await bad('{"name":"a"', 'bad request body: unexpected EOF')
  await bad('', 'bad request body: EOF')
  await bad('nonsense', /^bad request body: /)
  await bad([], 'bad request body: json: cannot unmarshal array into Go value of type toxiproxy.Proxy')
  await bad(
    { name: 1 },
    'bad request body: json: cannot unmarshal number into Go struct field Proxy.name of type string',
  )
  await bad(
    { name: 'a', enabled: 'yes' },
    'bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool',
  )
  await bad({}, 'missing required field: name')
  await bad(null, 'missing required field: name')
  await bad({ name: '', upstream }, 'missing required field: name')
  await bad({ name: 'a' }, 'missing required field: upstream')
  await bad({ name: 'a', upstream, listen: 'nonsense' }, 'listen tcp: address nonsense: missing port in address', 500)
  await bad({ name: 'a', upstream, listen: '127.0.0.1:99999' }, /invalid port/, 500)
  await bad(
    { name: 'a', upstream, listen: '192.0.2.1:9999' },
    'listen tcp 192.0.2.1:9999: bind: cannot assign requested address',
    500,
  )
  t.is((await call('GET', '/proxies')).text, '{}')
})

both('a name or a port that is taken', async (t, { call }) => {
  const { json } = await call('POST', '/proxies', { name: 'a', listen, upstream })
  const again = await call('POST', '/proxies', { name: 'a', listen, upstream })
  t.is(again.status, 409)
  t.is(again.text, error('proxy already exists', 409))
  const port = await call('POST', '/proxies', { name: 'b', listen: json.listen, upstream })
  t.is(port.text, error(`listen tcp ${json.listen}: bind: address already in use`, 500))
  t.is((await call('GET', '/proxies/b')).status, 404)
  await call('DELETE', '/proxies/a')
})

both('keys are matched without regard to case', async (t, { call }) => {
  const created = await call('POST', '/proxies', { NAME: 'a', Listen: listen, upStream: upstream, Enabled: false })
  t.is(created.status, 201)
  t.false(created.json.enabled)
  await call('DELETE', '/proxies/a')
})

both('what is not there is 404', async (t, { call }) => {
  await call('POST', '/proxies', { name: 'a', listen, upstream })
  const proxy = error('proxy not found', 404)
  const toxic = error('toxic not found', 404)
  for (const method of ['GET', 'PATCH', 'POST', 'DELETE']) {
    const body = method === 'GET' ? undefined : '{' // the path is looked at first
    t.is((await call(method, '/proxies/none', body)).text, proxy, method)
    t.is((await call(method, '/proxies/none/toxics/x', body)).text, proxy, method)
    t.is((await call(method, '/proxies/a/toxics/none', body)).text, toxic, method)
  }
  t.is((await call('GET', '/proxies/none/toxics')).text, proxy)
  t.is((await call('POST', '/proxies/none/toxics', '{')).text, proxy)
  await call('DELETE', '/proxies/a')
})

for (const method of ['PATCH', 'POST']) {
  both(`${method} /proxies/{proxy} changes what is given`, async (t, { call }) => {
    const { json: created } = await call('POST', '/proxies', { name: 'a', listen, upstream })
    const off = await call(method, '/proxies/a', { enabled: false, name: 'ignored' })
    t.is(off.status, 200)
    t.deepEqual(off.json, { ...created, enabled: false })
    await t.throwsAsync(connectTo(t, created.listen), { code: 'ECONNREFUSED' })
    t.deepEqual((await call(method, '/proxies/a', {})).json, { ...created, enabled: false })
    const on = await call(method, '/proxies/a', { enabled: true, upstream: '127.0.0.1:10' })
    t.deepEqual(on.json, { ...created, upstream: '127.0.0.1:10' })
    await connectTo(t, created.listen)
    t.is((await call(method, '/proxies/a', '{')).text, error('bad request body: unexpected EOF', 400))
    const bad = await call(method, '/proxies/a', { listen: 'nonsense' })
    t.is(bad.text, error('address nonsense: missing port in address', 500))
    t.true((await call('GET', '/proxies/a')).json.enabled)
    const moved = await call(method, '/proxies/a', { listen: 'localhost:0' })
    t.regex(moved.json.listen, /^127\.0\.0\.1:\d+$/)
    t.not(moved.json.listen, created.listen)
    await t.throwsAsync(connectTo(t, created.listen), { code: 'ECONNREFUSED' })
    await call('DELETE', '/proxies/a')
  })
}

both('DELETE /proxies/{proxy} frees the port and the name', async (t, { call }) => {
  const { json } = await call('POST', '/proxies', { name: 'a', listen, upstream })
  const deleted = await call('DELETE', '/proxies/a')
  t.is(deleted.status, 204)
  t.is(deleted.text, '')
  await t.throwsAsync(connectTo(t, json.listen), { code: 'ECONNREFUSED' })
  t.is((await call('POST', '/proxies', { name: 'a', listen: json.listen, upstream })).status, 201)
  await call('DELETE', '/proxies/a')
})

const types: [type: string, attributes: object][] = [
  ['latency', { latency: 5, jitter: 2 }],
  ['bandwidth', { rate: 1000 }],
  ['slow_close', { delay: 3 }],
  ['timeout', { timeout: 4 }],
  ['reset_peer', { timeout: 5 }],
  ['slicer', { average_size: 100, size_variation: 10, delay: 7 }],
  ['limit_data', { bytes: 6 }],
  ['noop', {}],
]

for (const [type, attributes] of types) {
  both(`a ${type} toxic from creation to removal`, async (t, { call }) => {
    await call('POST', '/proxies', { name: 'a', listen, upstream })
    t.is((await call('GET', '/proxies/a/toxics')).text, '[]')
    const added = await call('POST', '/proxies/a/toxics', { type, attributes: { ...attributes, unknown: 1 } })
    const name = `${type}_downstream`
    t.is(added.status, 200)
    t.is(added.type, 'application/json')
    t.is(added.text, JSON.stringify({ attributes, name, type, stream: 'downstream', toxicity: 1 }))
    t.is((await call('GET', `/proxies/a/toxics/${name}`)).text, added.text)
    t.deepEqual((await call('GET', '/proxies/a')).json.toxics, [added.json])
    const patched = await call('PATCH', `/proxies/a/toxics/${name}`, { toxicity: 0.5, name: 'x', stream: 'upstream' })
    t.deepEqual(patched.json, { ...added.json, toxicity: 0.5 })
    t.is((await call('DELETE', `/proxies/a/toxics/${name}`)).status, 204)
    t.is((await call('GET', '/proxies/a/toxics')).text, '[]')
    await call('DELETE', '/proxies/a')
  })
}

both('attributes are merged by PATCH and by the old POST', async (t, { call }) => {
  await call('POST', '/proxies', { name: 'a', listen, upstream })
  const path = '/proxies/a/toxics/slow'
  await call('POST', '/proxies/a/toxics', { name: 'slow', type: 'latency', attributes: { latency: 5 } })
  t.deepEqual((await call('PATCH', path, { attributes: { jitter: 4 } })).json.attributes, { latency: 5, jitter: 4 })
  t.deepEqual((await call('POST', path, { attributes: { latency: 6 } })).json.attributes, { latency: 6, jitter: 4 })
  t.deepEqual((await call('PATCH', path, {})).json.attributes, { latency: 6, jitter: 4 })
  t.is((await call('PATCH', path, '{')).text, error('bad request body: unexpected EOF', 400))
  await call('DELETE', '/proxies/a')
})

both('POST /proxies/{proxy}/toxics refuses what it can not make', async (t, { call }) => {
  await call('POST', '/proxies', { name: 'a', listen, upstream })
  const bad = async (body: unknown, message: string, status = 400) => {
    const answer = await call('POST', '/proxies/a/toxics', body)
    t.is(answer.text, error(message, status))
    t.is(answer.status, status)
    t.is(answer.type, 'text/plain; charset=utf-8')
  }
  const int64 = 'into Go struct field LatencyToxic.attributes.latency of type int64'
  await bad('{', 'bad request body: unexpected EOF')
  await bad({}, 'invalid toxic type')
  await bad({ type: 'down' }, 'invalid toxic type')
  await bad({ type: 'packet' }, 'invalid toxic type')
  await bad({ type: 'latency', stream: 'sideways' }, 'stream was invalid, can be either upstream or downstream')
  await bad(
    { type: 'latency', attributes: { latency: 1.5 } },
    `bad request body: json: cannot unmarshal number 1.5 ${int64}`,
  )
  await bad(
    { type: 'latency', attributes: { latency: '5' } },
    `bad request body: json: cannot unmarshal string ${int64}`,
  )
  await bad(
    { type: 'latency', toxicity: 'x' },
    'bad request body: json: cannot unmarshal string into Go struct field ToxicWrapper.toxicity of type float32',
  )
  t.is((await call('POST', '/proxies/a/toxics', { type: 'latency', attributes: [] })).status, 400)
  t.is((await call('POST', '/proxies/a/toxics', { type: 'latency', attributes: { latency: 1e300 } })).status, 400)
  t.is((await call('GET', '/proxies/a/toxics')).text, '[]')
  await call('DELETE', '/proxies/a')
})

both('toxic names are unique over both directions, streams keep their spelling', async (t, { call }) => {
  await call('POST', '/proxies', { name: 'a', listen, upstream })
  const add = (body: object) => call('POST', '/proxies/a/toxics', body)
  t.is((await add({ type: 'latency', stream: 'UpStream' })).json.name, 'latency_UpStream')
  t.is((await add({ type: 'noop', name: 'x', stream: 'downstream' })).status, 200)
  const twice = await add({ type: 'noop', name: 'x', stream: 'upstream' })
  t.is(twice.text, error('toxic already exists', 409))
  await add({ type: 'noop', name: 'y', stream: 'upstream' })
  const names = (await call('GET', '/proxies/a/toxics')).json.map((toxic: { name: string }) => toxic.name)
  t.deepEqual(names, ['latency_UpStream', 'y', 'x'], 'upstream first, then downstream, each in order of insertion')
  await call('DELETE', '/proxies/a')
})

both('POST /populate', async (t, { call }) => {
  t.is((await call('POST', '/populate', [])).text, '{"proxies":null}')
  const bodies = [
    { name: 'a', listen, upstream },
    { name: 'b', listen, upstream, enabled: false },
  ]
  const first = await call('POST', '/populate', bodies)
  t.is(first.status, 201)
  t.is(first.type, 'application/json')
  t.deepEqual(
    first.json.proxies.map(({ name, enabled }: { name: string; enabled: boolean }) => [name, enabled]),
    [
      ['a', true],
      ['b', false],
    ],
  )
  const bound = { name: 'a', listen: first.json.proxies[0].listen, upstream }
  await call('POST', '/proxies/a/toxics', { type: 'latency' })
  await call('PATCH', '/proxies/a', { enabled: false })
  const same = await call('POST', '/populate', [bound])
  t.false(same.json.proxies[0].enabled, 'the same addresses: left alone, even disabled')
  t.is(same.json.proxies[0].toxics.length, 1)
  const other = await call('POST', '/populate', [{ ...bound, upstream: '127.0.0.1:10' }])
  t.true(other.json.proxies[0].enabled)
  t.deepEqual(other.json.proxies[0].toxics, [], 'another upstream: a new proxy')
  for (const name of ['a', 'b']) await call('DELETE', `/proxies/${name}`)
})

both('POST /populate keeps what it made before an error', async (t, { call }) => {
  const bad = async (body: unknown, status: number, message: RegExp, made: string[] | null) => {
    const answer = await call('POST', '/populate', body)
    t.is(answer.status, status)
    t.is(answer.type, 'application/json')
    t.is(answer.json.status, status)
    t.regex(answer.json.error, message)
    t.deepEqual(answer.json.proxies?.map(({ name }: { name: string }) => name) ?? null, made)
  }
  await bad('[', 400, /^bad request body: unexpected EOF$/, null)
  await bad({}, 400, /^bad request body: json: cannot unmarshal object/, null)
  await bad(
    [{ name: 'a', upstream, listen }, { name: 'b' }],
    400,
    /^missing required field: upstream at proxy 2$/,
    null,
  )
  await bad([{ upstream }], 400, /^missing required field: name at proxy 1$/, null)
  t.is((await call('GET', '/proxies')).text, '{}', 'all are checked before any is made')
  const taken = { name: 'b', upstream, listen: '192.0.2.1:1' }
  await bad([{ name: 'a', upstream, listen }, taken], 500, /cannot assign requested address$/, ['a'])
  t.is((await call('GET', '/proxies/a')).status, 200)
  await call('DELETE', '/proxies/a')
})

both('POST /reset enables everything and removes all toxics', async (t, { call }) => {
  for (const name of ['a', 'b']) await call('POST', '/proxies', { name, listen, upstream })
  for (const stream of ['upstream', 'downstream']) await call('POST', '/proxies/a/toxics', { type: 'latency', stream })
  await call('PATCH', '/proxies/b', { enabled: false })
  const reset = await call('POST', '/reset')
  t.is(reset.status, 204)
  t.is(reset.text, '')
  const { a, b } = (await call('GET', '/proxies')).json
  t.deepEqual(a.toxics, [])
  t.true(b.enabled)
  await connectTo(t, b.listen)
  for (const name of ['a', 'b']) await call('DELETE', `/proxies/${name}`)
})

both('routes and methods that are not there', async (t, { call }) => {
  for (const path of ['/', '/nothing', '/proxies/', '/metrics', '/proxies/a/toxics/b/c']) {
    const answer = await call('GET', path)
    t.is(answer.status, 404)
    t.is(answer.text, '404 page not found\n', path)
    t.is(answer.type, 'text/plain; charset=utf-8')
  }
  const wrong: [string, string][] = [
    ['PUT', '/proxies'],
    ['OPTIONS', '/proxies'],
    ['HEAD', '/proxies'],
    ['GET', '/reset'],
    ['GET', '/populate'],
    ['DELETE', '/version'],
  ]
  for (const [method, path] of wrong) {
    const answer = await call(method, path)
    t.is(answer.status, 405, `${method} ${path}`)
    t.is(answer.text, '')
  }
})

both('browsers are kept out', async (t, { call }) => {
  const answer = await call('GET', '/version', undefined, { 'User-Agent': 'Mozilla/5.0 (X11; Linux)' })
  t.is(answer.status, 403)
  t.is(answer.text, 'User agent not allowed\n')
  const crossOrigin = await call('GET', '/version', undefined, { Origin: 'http://example.org' })
  t.is(crossOrigin.headers.get('access-control-allow-origin'), null)
})

both('names are decoded from the path', async (t, { call }) => {
  await call('POST', '/proxies', { name: 'orders → n1', listen, upstream })
  t.is((await call('GET', `/proxies/${encodeURIComponent('orders → n1')}`)).status, 200)
  t.is((await call('DELETE', `/proxies/${encodeURIComponent('orders → n1')}`)).status, 204)
})
