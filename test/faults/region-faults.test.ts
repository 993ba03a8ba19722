import test, { type ExecutionContext } from 'ava'
import { connect, type NatsConnection } from 'nats'
import * as v from 'valibot'
import {
  at,
  createInjector,
  type FaultInput,
  flapping,
  isolateClients,
  lossyLink,
  OccurrenceNames,
  occurrencesOf,
  partition,
  region,
  slow,
  timingSchema,
} from '../../lib/faults/index.ts'
import { randomFrom } from '../../lib/measure/index.ts'
import { ClientCutWatch } from '../../lib/run/watch/client-cut-watch.ts'
import { type RegionsPlan, regions, shapeOf, topologySchema } from '../../lib/topology/index.ts'
import { startEngine, startRig, until } from '../topology/support.ts'

/** Two regions of one node, a client in each, and what answers in b what is asked in a. */
async function start(t: ExecutionContext) {
  const plan = v.parse(topologySchema, regions({ a: { nodes: 1 }, b: { nodes: 1 } })) as RegionsPlan
  const engine = await startEngine(t)
  const { topology, toxiproxy } = await startRig(t, engine, {}, plan)
  const clientIn = async (name: string): Promise<NatsConnection> => {
    const nats = await connect({ servers: [...topology.regionUrls[name]!.publishers], ignoreClusterUpdates: true })
    t.teardown(() => nats.close())
    return nats
  }
  const [a, b] = await Promise.all([clientIn('a'), clientIn('b')])
  b.subscribe('echo', { callback: (_, message) => message.respond() })
  await b.flush()
  const injector = createInjector({
    links: topology.links,
    toxiproxy,
    nodes: topology.nodes,
    regions: shapeOf(plan).regions,
    random: randomFrom(1),
  })
  const fire = (fault: FaultInput) =>
    occurrencesOf(v.parse(timingSchema, at('1s', fault)), 60_000, 1, new OccurrenceNames([]))[0]!
  /** A question's way across and back in ms; undefined when there is no answer. */
  const ask = async (timeout: number) => {
    const since = performance.now()
    const answer = await a.request('echo', '', { timeout, noMux: true }).catch(() => undefined)
    return answer && performance.now() - since
  }
  const toxics = async () => {
    const all = await Promise.all(
      topology.links.map(async ({ proxy }) => (await fetch(`${engine.url}/proxies/${proxy}/toxics`)).json()),
    )
    return all.flat() as unknown[]
  }
  await until(async () => (await ask(500)) !== undefined)
  return { topology, injector, fire, ask, toxics }
}

test.serial('a slow link takes longer both ways, for those across it only, until it is healed', async (t) => {
  const { injector, fire, ask, toxics, topology } = await start(t)
  const fault = fire(slow(region('b'), { from: region('a'), latency: '150ms', bandwidth: '10MB/s' }))
  const { targets, parts } = await injector.apply(fault)
  t.deepEqual([targets, parts], [['leafnode-b1-a1'], 'a | b'])
  t.is((await toxics()).length, 4)
  const took = await ask(5_000)
  t.true(took! >= 299, `${took} ms`)
  await injector.heal(fault)
  t.deepEqual(await toxics(), [])
  await until(async () => ((await ask(5_000)) ?? Number.POSITIVE_INFINITY) < 150)
  t.deepEqual(await topology.bypasses(), [])
})

test.serial('a lossy link stalls now and then, and loses nothing', async (t) => {
  const { injector, fire, ask, toxics } = await start(t)
  const fault = fire(lossyLink(region('b'), { stall: '200ms', every: '400ms' }))
  const { pulse } = await injector.apply(fault)
  const took: number[] = []
  await until(async () => {
    const ms = await ask(5_000)
    t.truthy(ms)
    took.push(ms!)
    return pulse!.times >= 4 && took.some((each) => each > 100) && took.some((each) => each < 50)
  })
  await injector.heal(fault)
  t.deepEqual(await toxics(), [])
})

test.serial('what flaps comes and goes until it is healed, whichever of both it is then', async (t) => {
  const { injector, fire, ask, toxics } = await start(t)
  const fault = fire(flapping(partition(region('b'), { mode: 'stall' }), { on: '300ms', off: '300ms' }))
  const { pulse, parts } = await injector.apply(fault)
  t.is(parts, 'a | b')
  const seen = new Set<boolean>()
  await until(async () => {
    seen.add((await ask(100)) !== undefined)
    return seen.size === 2 && pulse!.times >= 3
  })
  await injector.heal(fault)
  const { times } = pulse!
  t.deepEqual(await toxics(), [])
  await until(async () => (await ask(500)) !== undefined)
  t.is(pulse!.times, times)
})

test.serial(
  'clients that are cut off are not greeted, their servers reach each other, and a cut of nothing is found out',
  async (t) => {
    const { injector, fire, toxics, topology } = await start(t)
    for (const [mode, role] of [
      ['drop', undefined],
      ['down', 'publishers'],
    ] as const) {
      const fault = fire(isolateClients(region('b'), { mode, ...(role && { role }) }))
      const { targets } = await injector.apply(fault)
      t.deepEqual(targets, role ? ['publishers-b1'] : ['publishers-b1', 'consumers-b1'])
      const told: string[] = []
      const links = topology.links.filter(({ name }) => targets.includes(name))
      const watch = new ClientCutWatch({ links, onBroken: (how) => told.push(how), everyMs: 50 })
      await until(async () => (await topology.routesUp()).some(({ from, to }) => from === 'b1' && to === 'a1'))
      await until(() => watch.isProved)
      const { proof } = await watch.settled()
      t.regex(proof!, /^nobody was greeted through [12] links? in [1-9]\d* looks? until it was healed$/)
      await injector.heal(fault)
      t.deepEqual(await toxics(), [])
      t.deepEqual(told, [])
    }
    const links = topology.links.filter(({ name }) => name === 'consumers-b1')
    const told: string[] = []
    const watch = new ClientCutWatch({ links, onBroken: (how) => told.push(how) })
    await until(() => told.length > 0)
    // One that stood still for the half second that a look takes is heard in the next one.
    const { error } = await watch.settled()
    t.regex(error!, /^(could not be applied|did not last): a server answers through consumers-b1$/)
  },
)
