import test, { type ExecutionContext } from 'ava'
import { connect } from 'nats'
import * as v from 'valibot'
import {
  at,
  between,
  createInjector,
  OccurrenceNames,
  occurrencesOf,
  partition,
  region,
  timingSchema,
} from '../../lib/faults/index.ts'
import { RegionProbe } from '../../lib/observe/index.ts'
import {
  type RegionsOptions,
  type RegionsPlan,
  readJetStream,
  regions,
  shapeOf,
  topologySchema,
} from '../../lib/topology/index.ts'
import { addStream, patientMs, type Rig, routesTold, startEngine, startRig, until } from './support.ts'

function planned(counts: Readonly<Record<string, number>>, options: RegionsOptions = {}): RegionsPlan {
  const map = Object.fromEntries(Object.entries(counts).map(([name, nodes]) => [name, { nodes }]))
  return v.parse(topologySchema, regions(map, options)) as RegionsPlan
}

async function start(t: ExecutionContext, plan: RegionsPlan): Promise<Rig> {
  return startRig(t, await startEngine(t), {}, plan)
}

async function clientIn(t: ExecutionContext, { topology }: Rig, region: string) {
  const nats = await connect({ servers: [...topology.regionUrls[region]!.publishers], ignoreClusterUpdates: true })
  t.teardown(() => nats.close())
  return nats
}

test('leafnodes dial the hub, gateways dial both ways, and each link is in the groups of both its regions', (t) => {
  const leaf = shapeOf(planned({ a: 2, b: 1, c: 1 }))
  t.deepEqual(leaf.nodes, ['a1', 'a2', 'b1', 'c1'])
  const across = ({ links }: typeof leaf) => links.filter(({ via }) => via)
  t.deepEqual(
    across(leaf).map(({ name }) => name),
    ['leafnode-b1-a1', 'leafnode-b1-a2', 'leafnode-c1-a1', 'leafnode-c1-a2'],
  )
  t.deepEqual(across(leaf)[0]!.groups, ['leafnodes', 'region-a', 'region-b', 'between-a-b'])
  const gateways = across(shapeOf(planned({ a: 2, b: 1 }, { via: 'gateways' })))
  t.deepEqual(gateways.map(({ name }) => name).sort(), [
    'gateway-a1-b1',
    'gateway-a2-b1',
    'gateway-b1-a1',
    'gateway-b1-a2',
  ])
  t.deepEqual(
    leaf.links.filter(({ groups }) => groups.includes('clients-b')).map(({ name }) => name),
    ['publishers-b1', 'consumers-b1'],
  )
})

test.serial('leafnodes: each region has a meta leader and a domain of its own, and a message crosses', async (t) => {
  const rig = await start(t, planned({ a: 3, b: 1 }))
  const { topology } = rig
  t.deepEqual(await topology.bypasses(), [])
  const up = await routesTold(rig)
  t.is(up.filter(({ from, to }) => from === 'b1' && to.startsWith('a')).length, 1)
  const views = await readJetStream(
    topology.nodes.filter(({ name }) => name.startsWith('a')),
    patientMs,
  )
  t.deepEqual([...new Set(views.map(({ meta }) => meta.size))], [3])
  const [a, b] = await Promise.all([clientIn(t, rig, 'a'), clientIn(t, rig, 'b')])
  const heard = (async () => {
    for await (const message of b.subscribe('hello')) return message.string()
    return undefined
  })()
  await b.flush()
  // Interest takes a moment to cross.
  const sending = setInterval(() => a.publish('hello', 'across'), 20)
  t.is(await heard, 'across')
  clearInterval(sending)
  await addStream(b)
  const hub = await a.jetstreamManager({ domain: 'b' })
  t.is((await hub.streams.info('S')).config.name, 'S')
  await t.throwsAsync((await a.jetstreamManager()).streams.info('S'), { message: /stream not found/ })
})

test.serial('gateways: one meta group over all regions, also where a region is one node', async (t) => {
  const rig = await start(t, planned({ a: 3, b: 1 }, { via: 'gateways' }))
  const { topology } = rig
  t.deepEqual(await topology.bypasses(), [])
  const views = await readJetStream(topology.nodes, patientMs)
  t.deepEqual([...new Set(views.map(({ meta }) => meta.size))], [4])
  const up = await routesTold(rig)
  t.is(up.filter(({ from, to }) => from[0] !== to[0]).length, 4)
  const b = await clientIn(t, rig, 'b')
  const manager = await b.jetstreamManager()
  await addStream(b, { num_replicas: 3, placement: { cluster: 'a', tags: [] } })
  t.regex((await manager.streams.info('S')).cluster!.leader!, /^a\d$/)
})

test.serial('what lies between two regions is there from the start, and both directions have it', async (t) => {
  const rig = await start(t, planned({ a: 1, b: 1 }, { links: { 'b-a': { latency: '40ms', bandwidth: '1MB/s' } } }))
  const link = await rig.toxiproxy.get('leafnode-b1-a1')
  for (const stream of ['upstream', 'downstream'] as const) {
    t.like(await link.getToxic(`wide-area-latency-${stream}`), { stream, attributes: { latency: 40, jitter: 0 } })
    t.like(await link.getToxic(`wide-area-bandwidth-${stream}`), { stream, attributes: { rate: 1_000 } })
  }
  await t.throwsAsync((await rig.toxiproxy.get('publishers-b1')).getToxic('wide-area-latency-upstream'))
  const [a, b] = await Promise.all([clientIn(t, rig, 'a'), clientIn(t, rig, 'b')])
  b.subscribe('echo', { callback: (_, message) => message.respond() })
  await b.flush()
  let took = 0
  await until(async () => {
    const since = performance.now()
    const answer = await a.request('echo', '', { timeout: 5_000 }).catch(() => undefined)
    took = performance.now() - since
    return answer !== undefined
  })
  t.true(took >= 79, `${took} ms`)
  await assertProbed(t, rig)
})

for (const via of ['leafnodes', 'gateways'] as const) {
  test.serial(`${via} that are told real addresses go around their proxies, and are found out`, async (t) => {
    const rig = await start(t, planned({ a: 2, b: 2 }, { via, protectRoutes: false }))
    const across = rig.topology.links.filter((link) => link.via)
    await Promise.all(
      across.map(async ({ proxy, listen, upstream }) =>
        (await rig.toxiproxy.get(proxy)).update({ enabled: false, listen, upstream }),
      ),
    )
    let found: string[] = []
    await until(async () => {
      found = await rig.topology.bypasses()
      return found.some((bypass) => bypass.includes(via.slice(0, -1)))
    })
    t.regex(found.join('\n'), /has a (leafnode|gateway) to [ab]\d at its real port \d+, around the proxy/)
  })
}

test.serial('gateways that dial again dial their own proxies, though others tell them of theirs', async (t) => {
  const rig = await start(t, planned({ a: 1, b: 1, c: 1 }, { via: 'gateways' }))
  const { topology, toxiproxy } = rig
  const across = topology.links.filter(({ groups }) => groups.includes('region-a'))
  const proxies = await Promise.all(across.map(({ proxy }) => toxiproxy.get(proxy)))
  const switched = (enabled: boolean) =>
    Promise.all(proxies.map((proxy) => proxy.update({ enabled, listen: proxy.listen, upstream: proxy.upstream })))
  const fromA = async () => (await routesTold(rig)).filter(({ from, to }) => from === 'a1' || to === 'a1')
  // Which of those that it knows a server dials is chance.
  for (let time = 0; time < 2; time += 1) {
    await switched(false)
    await until(async () => (await fromA()).length === 0)
    await switched(true)
    await until(async () => (await topology.bypasses()).length > 0 || (await fromA()).length === 4)
    t.deepEqual(await topology.bypasses(), [])
  }
  // One that tries another's is refused, and in the second that it takes to be back, what a copy asks for is lost.
  const refused = topology.servers().flatMap(({ logTail }) => logTail.filter((line) => /authenti|authori/i.test(line)))
  t.deepEqual(refused, [])
})

const first = (timing: ReturnType<typeof at>) =>
  occurrencesOf(v.parse(timingSchema, timing), 60_000, 1, new OccurrenceNames([]))

test.serial(
  'a region that is cut off hears nobody and goes on by itself, and comes back when it is healed',
  async (t) => {
    const plan = planned({ a: 1, b: 2, c: 1 })
    const rig = await start(t, plan)
    const { topology, toxiproxy } = rig
    const { regions } = shapeOf(plan)
    const injector = createInjector({
      links: topology.links,
      toxiproxy,
      nodes: topology.nodes,
      regions,
      random: () => 0,
    })
    const crossed = async () => (await routesTold(rig)).map(({ from, to }) => `${from}-${to}`)
    for (const fault of [partition(region('b'), { mode: 'down' }), between('a', 'b', { mode: 'down' })]) {
      const [occurrence] = first(at('1s', fault))
      const { parts, targets } = await injector.apply(occurrence!)
      t.deepEqual(targets.sort(), ['leafnode-b1-a1', 'leafnode-b2-a1'])
      t.true(parts!.startsWith('b | a'), parts)
      await until(async () => !(await crossed()).some((route) => /^b\d-a1$/.test(route)))
      const up = await crossed()
      t.true(up.includes('c1-a1'))
      t.true(up.some((route) => /^b\d-b\d$/.test(route)))
      const b = await clientIn(t, rig, 'b')
      const manager = await b.jetstreamManager()
      await manager.streams.add({ name: 'S', subjects: ['s'], num_replicas: 2 })
      await manager.streams.delete('S')
      t.deepEqual(await topology.bypasses(), [])
      await injector.heal(occurrence!)
      await until(async () => (await crossed()).filter((route) => /^b\d-a1$/.test(route)).length === 2)
    }
  },
)

const refused = (map: object, options: object = {}) => {
  const { success, issues } = v.safeParse(topologySchema, regions(map as never, options as never))
  return success ? [] : issues.map(({ message }) => message)
}

test('a wrong topology is told in words', (t) => {
  t.deepEqual(refused({ a: {} }), ['must have 2 to 5 regions, and has 1'])
  t.deepEqual(refused({ a: {}, b: {}, c: {}, d: {}, e: {}, f: {} }), ['must have 2 to 5 regions, and has 6'])
  t.regex(refused({ a: {}, b2: {} })[0]!, /region named "b2"; a name must be/)
  t.deepEqual(refused({ a: {}, 'a-b': {}, 'b-c': {}, c: {} }), [
    'has two pairs of regions that would both be called a-b-c; rename one of the four',
  ])
  t.regex(refused({ a: { nodes: 6 }, b: {} })[0]!, /whole number from 1 to 5/)
  const links = (key: string) => refused({ a: {}, b: {}, c: {} }, { links: { [key]: { latency: '40ms' } } })[0]
  t.is(links('a-a'), 'is a link of region a to itself; there are a-b, a-c')
  t.is(links('a-d'), 'names no two regions; there are a-b, a-c')
  t.regex(links('b-c')!, /no link between them: leafnodes meet in the first region, a/)
  t.is(links('b-a'), undefined)
})

/** What the probe finds out of regions that lie 40 ms apart, of which one is cut off and comes back. */
async function assertProbed(t: ExecutionContext, { topology, toxiproxy }: Rig): Promise<void> {
  const servers = Object.fromEntries(topology.servers().map(({ name, listen }) => [name[0]!, [listen]]))
  const probe = new RegionProbe({ id: 'test', servers })
  t.teardown(() => probe.stop())
  probe.start()
  const trips: number[] = []
  const seen = async (there: boolean | undefined, back: boolean | undefined) =>
    until(async () => {
      const { crossings, roundTrips } = probe.take(['a', 'b'])
      trips.push(...roundTrips)
      return crossings[0].crossed === there && crossings[1].crossed === back
    })
  await probe.untilHeard(30_000)
  t.deepEqual(
    probe.take(['a', 'b']).crossings.map(({ crossed }) => crossed),
    [true, true],
  )
  // A busy machine makes some of them longer, and none shorter.
  await until(async () => {
    trips.push(...probe.take(['a', 'b']).roundTrips)
    return trips.length >= 8 && Math.min(...trips) < 120
  })
  const shortest = Math.min(...trips)
  t.true(shortest >= 79.9, `${shortest} ms`)
  const link = await toxiproxy.get('leafnode-b1-a1')
  const { listen, upstream } = link
  await link.update({ enabled: false, listen, upstream })
  await seen(false, false)
  await link.update({ enabled: true, listen, upstream })
  await seen(true, true)
}
