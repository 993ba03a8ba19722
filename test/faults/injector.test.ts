import test, { type ExecutionContext } from 'ava'
import type { Fault, LinkFault, Occurrence } from '../../lib/faults/fault.ts'
import { createInjector } from '../../lib/faults/index.ts'
import type { Link } from '../../lib/topology/index.ts'
import { type RunningToxiproxy, startEmbedded } from '../../toxiproxy/index.ts'
import { isListening, startRig, until } from '../topology/support.ts'
import { RawClient } from './raw-client.ts'

let occurrences = 0

/** Distributes over the kinds, so that each keeps its own fields. */
type Part<F> = F extends LinkFault ? Omit<F, 'link' | 'stream' | 'toxicity'> & Partial<F> : never

/** A firing of a fault on the publishers' link, downstream, unless it says otherwise. */
function fire(fault: Part<LinkFault>): Occurrence {
  occurrences += 1
  const whole = { link: 'publishers', stream: 'downstream', toxicity: 1, ...fault } as Fault
  return { id: `test#${occurrences}`, name: 'test', fault: whole, atMs: 0, forMs: null }
}

let engine: RunningToxiproxy
test.before(async () => {
  engine = await startEmbedded({ seed: 1 })
})
test.after.always(() => engine?.stop())

let runs = 0

/** A topology and an injector of the test's own; the engine is the file's. */
async function setUp(t: ExecutionContext) {
  runs += 1
  const { topology, toxiproxy } = await startRig(t, engine, { external: true, runId: `run${runs}` })
  const [faulty, whole] = ['publishers-n1', 'consumers-n1'].map(
    (name) => topology.links.find((link) => link.name === name)!,
  )
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  /** Heals, and sees that nothing is left on the link and that NATS answers through it. */
  const heal = async (occurrence: Occurrence) => {
    const times = await injector.heal(occurrence)
    t.deepEqual(await toxicsOf(faulty!), [])
    await RawClient.connect(t, faulty!.listen)
    return times
  }
  return { injector, heal, faulty: faulty!, whole: whole! }
}

async function toxicsOf({ proxy }: Link): Promise<{ name: string; type: string }[]> {
  const response = await fetch(`${engine.url}/proxies/${proxy}/toxics`)
  return (await response.json()) as { name: string; type: string }[]
}

const nameOf = ({ id }: Occurrence, stream: string) => `squall-${id.replace('#', '-')}-${stream}`

test('latency delays what goes through, on its link only, until it is healed', async (t) => {
  const { injector, heal, faulty, whole } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const fault = fire({ kind: 'latency', delayMs: 300, jitterMs: 0, stream: 'both' })
  const { targets, applyingAt, appliedAt } = await injector.apply(fault)
  t.deepEqual(targets, ['publishers-n1'])
  t.true(applyingAt < appliedAt)
  t.like(await toxicsOf(faulty), [
    { name: nameOf(fault, 'upstream'), type: 'latency', attributes: { latency: 300, jitter: 0 } },
    { name: nameOf(fault, 'downstream'), type: 'latency' },
  ])
  t.deepEqual(await toxicsOf(whole), [])
  t.true((await client.ping()) >= 599)
  await RawClient.connect(t, whole.listen)
  const { healingAt, healedAt } = await heal(fault)
  t.true(appliedAt < healingAt && healingAt < healedAt)
  await until(async () => (await client.ping()) < 300)
})

test('bandwidth makes bytes take their time', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const fault = fire({ kind: 'bandwidth', kilobytesPerSecond: 100 })
  await injector.apply(fault)
  // 40 KB at 100 KB/s; the first piece may go at once.
  t.true((await client.echo(40_000)) >= 300)
  await heal(fault)
})

test('slicer makes small pieces', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const fault = fire({ kind: 'slicer', averageSize: 100, sizeVariation: 20, delayUs: 50_000 })
  await injector.apply(fault)
  // 1 000 bytes in pieces of at most 120 are nine, with eight pauses.
  t.true((await client.echo(1_000)) >= 395)
  await heal(fault)
})

test('slowClose holds back the end', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const fault = fire({ kind: 'slowClose', delayMs: 300 })
  await injector.apply(fault)
  const start = performance.now()
  client.socket.write('NONSENSE\r\n')
  await client.isLost()
  t.true(client.text.includes('-ERR'))
  // A timer may fire some milliseconds early, by as much as its turn of the event loop was old when it was set.
  t.true(client.lostAt - start >= 250)
  await heal(fault)
})

test('limitData closes a connection after so many bytes', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const fault = fire({ kind: 'limitData', bytes: 100 })
  await injector.apply(fault)
  const client = RawClient.open(t, faulty.listen)
  await client.isLost()
  t.is(client.text.length, 100)
  await heal(fault)
})

test('resetPeer resets connections that are there', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const fault = fire({ kind: 'resetPeer', afterMs: 0 })
  await injector.apply(fault)
  await client.isLost()
  t.is(client.lost, 'ECONNRESET')
  await heal(fault)
})

test('a dropping black hole loses what was sent, and healing it closes the connection', async (t) => {
  const { injector, heal, faulty, whole } = await setUp(t)
  const [client, other] = await Promise.all([RawClient.connect(t, faulty.listen), RawClient.connect(t, whole.listen)])
  const fault = fire({ kind: 'blackhole', mode: 'drop', stream: 'both' })
  await injector.apply(fault)
  const { pongs } = client
  client.socket.write('PING\r\n')
  await other.ping()
  await heal(fault)
  await client.isLost()
  t.is(client.pongs, pongs)
})

test('a stalling black hole holds back what was sent, and healing it lets it go on', async (t) => {
  const { injector, heal, faulty, whole } = await setUp(t)
  const [client, other] = await Promise.all([RawClient.connect(t, faulty.listen), RawClient.connect(t, whole.listen)])
  const fault = fire({ kind: 'blackhole', mode: 'stall', stream: 'both' })
  await injector.apply(fault)
  const { pongs } = client
  const answered = client.ping()
  await other.ping()
  t.is(client.pongs, pongs)
  await heal(fault)
  await answered
  t.is(client.lost, undefined)
})

test('a link is down until the last fault that took it down is healed', async (t) => {
  const { injector, heal, faulty, whole } = await setUp(t)
  const client = await RawClient.connect(t, faulty.listen)
  const [first, second] = [fire({ kind: 'down' }), fire({ kind: 'down' })]
  await injector.apply(first)
  await client.isLost()
  await injector.apply(second)
  await injector.heal(first)
  t.false(await isListening(faulty.listen))
  t.true(await isListening(whole.listen))
  await heal(second)
})

test('different faults on one link overlap, and each takes away its own', async (t) => {
  const { injector, whole } = await setUp(t)
  const latency = { kind: 'latency', delayMs: 10, jitterMs: 0, link: 'clients' } as const
  const [first, second] = [fire(latency), fire(latency)]
  const { targets } = await injector.apply(first)
  t.deepEqual(targets.sort(), ['consumers-n1', 'publishers-n1'])
  await injector.apply(second)
  t.is((await toxicsOf(whole)).length, 2)
  await injector.heal(first)
  t.deepEqual(
    (await toxicsOf(whole)).map(({ name }) => name),
    [nameOf(second, 'downstream')],
  )
})

test('toxicity is the share of connections that are hit', async (t) => {
  const { injector, heal, faulty } = await setUp(t)
  const countCut = async () => {
    const clients = Array.from({ length: 40 }, () => RawClient.open(t, faulty.listen))
    await until(() => clients.every(({ lost, text }) => lost !== undefined || text.includes('\r\n')))
    return clients.filter(({ lost }) => lost !== undefined).length
  }
  // With an id of its own the names, which the engine's seed is mixed with, are the same in every run.
  const half = { ...fire({ kind: 'limitData', bytes: 10, toxicity: 0.5 }), id: 'half#1' }
  await injector.apply(half)
  const cut = await countCut()
  t.true(cut >= 8 && cut <= 32, `${cut}`)
  await heal(half)
  const none = fire({ kind: 'limitData', bytes: 10, toxicity: 0 })
  await injector.apply(none)
  t.is(await countCut(), 0)
  await heal(none)
})
