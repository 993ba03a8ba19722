import test, { type ExecutionContext } from 'ava'
import { connect } from 'nats'
import { createInjector, type Fault, type NodeFault, node, type Occurrence } from '../../lib/faults/index.ts'
import { isRunning, startEngine, startRig } from '../topology/support.ts'

function occurrence(kind: NodeFault['kind'], options: Partial<NodeFault> = {}): Occurrence {
  const fault: Fault = { kind, target: node('n1'), allowQuorumLoss: true, wipe: false, ...options }
  return { id: `${kind}#1`, name: kind, fault, atMs: 0, forMs: null }
}

async function injectorFor(t: ExecutionContext) {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  const { links, nodes, clientUrls } = topology
  const injector = createInjector({ links, toxiproxy, nodes, random: () => 0 })
  return { injector, server: nodes[0]!, url: clientUrls.publishers[0]! }
}

/** Messages in stream S; undefined when there is no such stream. */
async function stored(url: string): Promise<number | undefined> {
  const nats = await connect({ servers: url })
  try {
    const manager = await nats.jetstreamManager()
    return await manager.streams.info('S').then(
      ({ state }) => state.messages,
      () => undefined,
    )
  } finally {
    await nats.close()
  }
}

async function store(url: string): Promise<void> {
  const nats = await connect({ servers: url })
  const manager = await nats.jetstreamManager()
  await manager.streams.add({ name: 'S', subjects: ['s'] })
  await nats.jetstream().publish('s', 'x')
  await nats.close()
}

test('a server that is killed, stopped or told to leave is gone until it is healed, and keeps its store', async (t) => {
  const { injector, server, url } = await injectorFor(t)
  await store(url)
  for (const kind of ['kill', 'stop', 'lameDuck'] as const) {
    const pid = server.pid!
    const { targets } = await injector.apply(occurrence(kind))
    t.deepEqual(targets, ['n1'])
    t.is(server.state, 'down')
    t.false(await isRunning(pid))
    await injector.heal(occurrence(kind))
    t.is(server.state, 'running')
    t.not(server.pid, pid)
    t.is(await stored(url), 1)
  }
})

test('a restart is over when it is applied, and healing it does nothing', async (t) => {
  const { injector, server, url } = await injectorFor(t)
  await store(url)
  const before = server.pid
  await injector.apply(occurrence('restart'))
  const { pid } = server
  t.not(pid, before)
  t.is(server.state, 'running')
  t.is(await stored(url), 1)
  await injector.heal(occurrence('restart'))
  t.is(server.pid, pid)
})

test('a server that several faults hold comes back with the last of them, and wiped if one of them said so', async (t) => {
  const { injector, server, url } = await injectorFor(t)
  await store(url)
  await injector.apply(occurrence('pause'))
  await injector.apply(occurrence('kill'))
  await injector.heal(occurrence('kill'))
  t.is(server.state, 'down', 'it is paused still, as far as the timeline says')
  await injector.apply(occurrence('restart'))
  t.is(server.state, 'down')
  await injector.heal(occurrence('pause'))
  t.is(server.state, 'running')
  t.is(await stored(url), 1)

  await injector.apply(occurrence('kill', { wipe: true }))
  await injector.apply(occurrence('stop'))
  await injector.heal(occurrence('kill'))
  t.is(server.state, 'down')
  await injector.healAll()
  t.is(server.state, 'running')
  t.is(await stored(url), undefined)
})

test('a server whose store is wiped comes back without it', async (t) => {
  const { injector, url } = await injectorFor(t)
  await store(url)
  await injector.apply(occurrence('kill', { wipe: true }))
  await injector.healAll()
  t.is(await stored(url), undefined)
})

test('a paused server lives and does not answer, and goes on when healed', async (t) => {
  const { injector, server, url } = await injectorFor(t)
  await store(url)
  const { pid } = server
  await injector.apply(occurrence('pause'))
  t.is(server.state, 'paused')
  const asked = fetch(`${server.monitor}/varz`, { signal: AbortSignal.timeout(300) })
  await t.throwsAsync(asked, { any: true, name: 'TimeoutError' })
  await injector.healAll()
  t.is(server.state, 'running')
  t.is(server.pid, pid)
  t.is(await stored(url), 1)
})

test('a server that is down can not be paused, and that is said with the fault and the node', async (t) => {
  const { injector } = await injectorFor(t)
  await injector.apply(occurrence('kill'))
  const error = await t.throwsAsync(injector.apply(occurrence('pause')))
  t.regex(error?.message ?? '', /^apply pause#1 \(pause\) on node n1: n1 is down and can't be paused$/)
})
