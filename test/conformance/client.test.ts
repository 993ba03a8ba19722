import { Toxiproxy } from 'toxiproxy-node-client'
import { ownHost, suite } from './engines.ts'

// What the runner uses, and the 18 specs of toxiproxy-node-client itself: they are not in its package.
const { both } = suite({ serial: true })
const body = (name: string) => ({ name, listen: `${ownHost}:0`, upstream: '127.0.0.1:9' })

both('a proxy: create, get, getAll, update, remove', async (t, { url }) => {
  const toxiproxy = new Toxiproxy(url)
  const created = await toxiproxy.createProxy(body('a'))
  t.is(created.name, 'a')
  t.true(created.enabled)
  t.is(created.listen.replace(/:[1-9]\d+$/, ':PORT'), `${ownHost}:PORT`)
  t.deepEqual((await toxiproxy.get('a')).toJson(), created.toJson())
  t.deepEqual(Object.keys(await toxiproxy.getAll()), ['a'])
  const off = await created.update({ enabled: false, listen: created.listen, upstream: '127.0.0.1:10' })
  t.false(off.enabled)
  t.is(off.upstream, '127.0.0.1:10')
  await created.remove()
  t.deepEqual(await toxiproxy.getAll(), {})
})

both('failures carry the status code', async (t, { url }) => {
  const toxiproxy = new Toxiproxy(url)
  await t.throwsAsync(toxiproxy.get('none'), { message: 'Request failed with status code 404' })
  const proxy = await toxiproxy.createProxy(body('a'))
  await t.throwsAsync(toxiproxy.createProxy(body('a')), { message: 'Request failed with status code 409' })
  await t.throwsAsync(toxiproxy.createProxy({ name: 'b', listen: '', upstream: '' }), {
    message: 'Request failed with status code 400',
  })
  await t.throwsAsync(proxy.getToxic('none'), { message: 'Request failed with status code 404' })
  await proxy.remove()
})

both('populate and reset', async (t, { url }) => {
  const toxiproxy = new Toxiproxy(url)
  t.deepEqual(Object.keys(await toxiproxy.populate([body('a'), body('b')])), ['a', 'b'])
  const { a, b } = await toxiproxy.getAll()
  await a?.addToxic({
    name: 't',
    type: 'latency',
    stream: 'upstream',
    toxicity: 1,
    attributes: { latency: 1, jitter: 0 },
  })
  await b?.update({ enabled: false, listen: b.listen, upstream: b.upstream })
  await toxiproxy.reset()
  await t.throwsAsync(async () => a?.getToxic('t'), { message: 'Request failed with status code 404' })
  t.true((await toxiproxy.get('b')).enabled)
  await a?.remove()
  await b?.remove()
})

both('a toxic: add, get, update, remove', async (t, { url }) => {
  const proxy = await new Toxiproxy(url).createProxy(body('a'))
  const types = {
    latency: { latency: 1000, jitter: 100 },
    bandwidth: { rate: 1000 },
    slow_close: { delay: 1000 },
    timeout: { timeout: 1000 },
    reset_peer: { timeout: 1000 },
    slicer: { average_size: 100, size_variation: 10, delay: 5 },
    limit_data: { bytes: 1000 },
  } as const
  for (const [type, attributes] of Object.entries(types)) {
    const request = {
      name: `${type}-1`,
      type: type as keyof typeof types,
      stream: 'downstream' as const,
      toxicity: 1,
      attributes,
    }
    const toxic = await proxy.addToxic<object>(request)
    t.deepEqual(toxic.toJson(), request)
    t.deepEqual((await proxy.getToxic(request.name)).toJson(), request)
    const updated = await toxic.update({ ...request, toxicity: 0.5 })
    t.deepEqual(updated.toJson(), { ...request, toxicity: 0.5 })
    await toxic.remove()
    await t.throwsAsync(proxy.getToxic(request.name), { message: 'Request failed with status code 404' })
  }
  await proxy.remove()
})

both('getVersion', async (t, { url }) => {
  const { version } = JSON.parse(await new Toxiproxy(url).getVersion())
  t.is(typeof version, 'string')
})
