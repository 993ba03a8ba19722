import test from 'ava'
import { Agent } from 'undici'
import { until } from '../topology/support.ts'
import { haproxyBinary, release, startWeb } from './support.ts'

const who = async (url: string) => {
  const response = await fetch(url, { headers: { connection: 'close' } })
  await response.arrayBuffer()
  return response.headers.get('x-squall-instance')
}

test('shares the work, says who did it, drains and takes back', async (t) => {
  const haproxy = await haproxyBinary(t)
  if (!haproxy) return
  const { service } = await startWeb(t, { instances: 3, loadBalancer: 'haproxy' }, { haproxy })
  const { balancer, instances } = service
  const url = service.urls[0]!
  t.deepEqual(service.urls, [balancer!.url])
  const seen = new Set<string | null>()
  for (let request = 0; request < 6; request += 1) seen.add(await who(url))
  t.deepEqual([...seen].sort(), ['web-1', 'web-2', 'web-3'])

  const held = Promise.all(instances.map(async () => (await fetch(`${url}/held`)).status))
  await until(async () => (await balancer!.stats()).every(({ sessions }) => sessions === 1))
  const busy = instances.find(({ name }) => name === 'web-1')!
  let isDrained = false
  const draining = service.drain(busy, 120_000).then(() => {
    isDrained = true
  })
  await until(async () => !(await service.isActive(busy)))
  t.deepEqual(
    (await service.look()).map(({ active }) => active),
    [false, true, true],
  )
  for (let request = 0; request < 6; request += 1) t.not(await who(url), 'web-1')
  t.false(isDrained)
  await release(busy.url)
  await draining
  await Promise.all(instances.map((instance) => release(instance.url)))
  t.deepEqual(await held, [200, 200, 200])

  await balancer!.ready('web-1')
  t.true(await service.untilActive(busy, 30_000))
  await balancer!.weight('web-2', 0)
  t.deepEqual(
    (await service.look()).map(({ active }) => active),
    [true, false, true],
  )
  await t.throwsAsync(balancer!.drain('web-9'), { message: /HAProxy refused/ })
})

test('one that is killed is taken out, and a surge moves the work', async (t) => {
  const haproxy = await haproxyBinary(t)
  if (!haproxy) return
  const { service } = await startWeb(t, { loadBalancer: 'haproxy' }, { haproxy })
  const [first, second] = service.instances
  const { signal } = new AbortController()
  // On connections that were answered on before, where HAProxy hangs up without a word or a count.
  const agent = new Agent({ connections: 8 })
  t.teardown(() => agent.destroy())
  const ask = async (path: string) => {
    const answer = await agent
      .request({ origin: service.urls[0]!, path, method: 'POST', body: 'x' })
      .catch(() => undefined)
    await answer?.body.text()
    return answer?.statusCode
  }
  const atOnce = (path: string) => Promise.all(Array.from({ length: 8 }, () => ask(path)))
  t.deepEqual(await atOnce('/slow/50'), Array(8).fill(200))
  const underWay = atOnce('/held')
  const lost = async () => (await service.balancer!.stats()).map(({ lost }) => lost)
  await until(async () => (await service.balancer!.stats()).every(({ sessions }) => sessions === 4))
  t.deepEqual(await lost(), [0, 0])
  await first!.kill()
  // Two checks in a row, 50 ms apart, each refused at once or in 2 s.
  const ms = await service.untilEjected(first!, signal)
  t.true(ms !== undefined && ms <= 2 * (50 + 2_000), `taken out after ${ms} ms`)
  await release(second!.url)
  t.is((await underWay).filter((status) => status === 200).length, 4)
  t.deepEqual(await lost(), [4, 0])
  await until(async () => (await service.balancer!.stats()).find(({ name }) => name === 'web-1')!.status === 'DOWN')
  t.is(await who(service.urls[0]!), 'web-2')
  // What was drained gets nothing before it ends: there is nothing to measure.
  await first!.start()
  t.true(await service.untilActive(first!, 30_000))
  await service.drain(first!, 1_000)
  await first!.kill()
  t.is(await service.untilEjected(first!, signal), undefined)
  await second!.surge(async (port) => void (await service.balancer!.move('web-2', port)))
  t.true(await service.untilActive(second!, 30_000))
  t.is(await who(service.urls[0]!), 'web-2')
})
