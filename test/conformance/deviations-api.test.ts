import { readFile } from 'node:fs/promises'
import test from 'ava'
import { deviations } from '../../toxiproxy/index.ts'
import { deviationSuite } from './deviation.ts'
import type { Engine } from './engines.ts'

const { deviation, embedded } = deviationSuite('api')
const upstream = '127.0.0.1:9'
const listen = '127.0.0.1:0'

let names = 0
const uniqueName = () => `deviation-${++names}`

/** Sends the request about a proxy of its own and removes that again. */
async function withProxy<T>({ call }: Engine, use: (path: string) => Promise<T>): Promise<T> {
  const name = uniqueName()
  await call('POST', '/proxies', { name, listen, upstream })
  try {
    return await use(`/proxies/${name}`)
  } finally {
    await call('DELETE', `/proxies/${name}`)
  }
}

deviation(
  'version-names-engine',
  async (_, { call }) => /-squall\./.test((await call('GET', '/version')).json.version),
  { embedded: true, real: false },
)

deviation(
  'loopback-by-default',
  async (_, { call }) => {
    const name = uniqueName()
    const { json } = await call('POST', '/proxies', { name, upstream })
    await call('DELETE', `/proxies/${name}`)
    return json.listen.replace(/\d+$/, '')
  },
  { embedded: '127.0.0.1:' }, // the real one would open a port to the network
)

const harmless: [type: string, attributes: object, toxicity: number][] = [
  ['latency', { latency: -5 }, 1],
  ['latency', { latency: 2 ** 40 }, 1],
  ['timeout', { timeout: -1 }, 1],
  ['limit_data', { bytes: -1 }, 1],
  ['noop', {}, 7],
  ['noop', {}, -1],
]
const crashing: typeof harmless = [
  ['latency', { jitter: 5e18 }, 1],
  ['bandwidth', { rate: -1 }, 1],
  ['slicer', {}, 1],
  ['slicer', { average_size: 10, size_variation: 10 }, 1],
]
const statuses = (engine: Engine, toxics: typeof harmless) =>
  withProxy(engine, (path) =>
    Promise.all(
      toxics.map(async ([type, attributes, toxicity], index) => {
        const body = { type, attributes, toxicity, name: `${index}` }
        return (await engine.call('POST', `${path}/toxics`, body)).status
      }),
    ),
  )
deviation('values-checked', async (_, engine) => statuses(engine, harmless), {
  embedded: harmless.map(() => 400),
  real: harmless.map(() => 200),
})
embedded('values-checked, those that crash the real one', async (t, engine) => {
  t.deepEqual(
    await statuses(engine, crashing),
    crashing.map(() => 400),
  )
  await withProxy(engine, async (path) => {
    const added = await engine.call('POST', `${path}/toxics`, { type: 'bandwidth', attributes: { rate: -1 } })
    t.is(
      added.text,
      '{"error":"bad request body: rate must be an integer from 0 to 2147483647, got -1","status":400}\n',
    )
  })
})

deviation(
  'patch-all-or-nothing',
  (_, engine) =>
    withProxy(engine, async (path) => {
      await engine.call('POST', `${path}/toxics`, { type: 'latency', name: 'x', attributes: { latency: 1, jitter: 1 } })
      await engine.call('PATCH', `${path}/toxics/x`, '{"attributes":{"latency":2,"jitter":"bad"}}')
      return (await engine.call('GET', `${path}/toxics/x`)).json.attributes
    }),
  { embedded: { latency: 1, jitter: 1 }, real: { latency: 2, jitter: 1 } },
)

deviation(
  'integer-spelling',
  (_, engine) =>
    withProxy(engine, async (path) => {
      const body = '{"type":"latency","attributes":{"latency":1e3,"jitter":1.0}}'
      return (await engine.call('POST', `${path}/toxics`, body)).status
    }),
  { embedded: 200, real: 400 },
)

deviation(
  'one-json-value',
  (_, engine) =>
    withProxy(engine, async (path) => (await engine.call('PATCH', path, '{"enabled":true} {"enabled":false}')).status),
  { embedded: 400, real: 200 },
)
embedded('one-json-value, and not too long a one', async (t, engine) => {
  const answer = await engine.call('POST', '/proxies', ' '.repeat(17 * 1024 * 1024))
  t.is(answer.text, '{"error":"bad request body: http: request body too large","status":400}\n')
})

deviation(
  'slash-in-name',
  async (_, { call }) => {
    const name = uniqueName()
    await call('POST', '/proxies', { name: `${name}/a`, listen, upstream, enabled: false })
    return (await call('DELETE', `/proxies/${name}%2Fa`)).status
  },
  { embedded: 204, real: 404 },
)

test('the guide has the table', async (t) => {
  const file = await readFile(new URL('../../docs/toxiproxy.md', import.meta.url), 'utf8')
  const guide = file.replaceAll(/ +/g, ' ') // the formatter aligns columns
  for (const { id, real, embedded, why } of deviations) {
    t.true(guide.includes(`| ${id} | ${real} | ${embedded} | ${why} |`), `docs/toxiproxy.md: ${id}`)
  }
})
