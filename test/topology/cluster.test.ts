import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { connect, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats'
import { findBinary } from '../../lib/binaries/index.ts'
import { UserError } from '../../lib/errors.ts'
import {
  type ClusterPlan,
  consumerLeaderIn,
  metaLeaderIn,
  readJetStream,
  type ServerRecord,
  selectLinks,
  startTopology,
  streamLeaderIn,
  streamPeersIn,
  type TopologyContext,
} from '../../lib/topology/index.ts'
import { clusterReady } from '../../lib/topology/routes/cluster-ready.ts'
import { readGreeting } from '../../lib/topology/server/greeting.ts'
import {
  addStream,
  contextFor,
  isRunning,
  natsServerBinary,
  patientMs,
  publish,
  type Rig,
  routesTold,
  startEngine,
  startRig,
  until,
} from './support.ts'

const plan: ClusterPlan = { kind: 'cluster', nodes: 3, protectRoutes: true }
// The oldest version that is supported, where there is one: Debian's package.
const old = process.env.SQUALL_NATS_SERVER_OLD
const versions: readonly (readonly [string, Partial<TopologyContext>])[] = [
  ['', {}],
  ...(old
    ? [[' (nats-server 2.9)', { natsServer: (await findBinary('nats-server', { option: old }))! }] as const]
    : []),
]

async function startCluster(
  t: ExecutionContext,
  changes: Partial<TopologyContext>,
  options: Partial<ClusterPlan> = {},
) {
  return startRig(t, await startEngine(t), changes, { ...plan, ...options })
}

/** Disables or enables the proxies of the links that a selector names. */
async function setLinks({ toxiproxy, topology }: Rig, selector: string, enabled: boolean): Promise<void> {
  for (const { proxy: name, listen, upstream } of selectLinks(topology.links, selector)) {
    await (await toxiproxy.get(name)).update({ enabled, listen, upstream })
  }
}

interface Clients {
  readonly nats: NatsConnection
  readonly js: JetStreamClient
  readonly manager: JetStreamManager
}

/** A client of one node, behind its proxy. */
async function clientOf(t: ExecutionContext, { topology }: Rig, node: string): Promise<Clients> {
  const [link] = selectLinks(topology.links, `publishers-${node}`)
  const nats = await connect({ servers: link!.listen, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  t.teardown(() => nats.close())
  return { nats, js: nats.jetstream(), manager: await nats.jetstreamManager() }
}

const pairs = async (rig: Rig) => (await routesTold(rig)).map(({ from, to }) => [from, to].sort().join('-'))

const viewsOf = ({ topology }: Rig) => readJetStream(topology.nodes, patientMs)

/** Whether every replica is there, current, and holds messages up to this one. */
async function haveAll(rig: Rig, lastSeq: number): Promise<boolean> {
  const peers = streamPeersIn(await viewsOf(rig), 'S')
  return peers.length === 3 && peers.every((peer) => peer.isCurrent && peer.lastSeq === lastSeq)
}

for (const [version, changes] of versions) {
  test.serial(`three nodes are one cluster, and all that they say goes through proxies${version}`, async (t) => {
    const rig = await startCluster(t, changes)
    const { topology } = rig
    t.deepEqual((await pairs(rig)).sort(), ['n1-n2', 'n1-n3', 'n2-n3'])
    t.deepEqual(await topology.bypasses(), [])

    const real = topology.links.map(({ upstream }) => upstream.split(':')[1]!)
    for (const { listen, node, route } of topology.links.filter((link) => !link.route)) {
      const info = await readGreeting(listen)
      t.is(route, undefined)
      t.is(info.server_name, node)
      t.is(info.connect_urls, undefined)
      t.deepEqual(
        real.filter((port) => JSON.stringify(info).includes(`:${port}`)),
        [],
      )
    }

    const { nats, manager } = await clientOf(t, rig, 'n1')
    await addStream(nats, { num_replicas: 3 })
    await manager.consumers.add('S', { durable_name: 'D' })
    t.is((await publish(nats, 'x')).seq, 1)
    await until(() => haveAll(rig, 1))
    const isLedAsTold = async () => {
      const views = await viewsOf(rig)
      const leader = (await manager.streams.info('S')).cluster?.leader
      const leads = streamPeersIn(views, 'S').flatMap(({ node, isLeader }) => (isLeader ? [node] : []))
      return leader !== undefined && streamLeaderIn(views, 'S') === leader && leads.join() === leader
    }
    // All must have heard of it: followers hear of a leader last.
    await until(isLedAsTold)
    await until(async () => {
      const leader = (await manager.consumers.info('S', 'D')).cluster?.leader
      return leader !== undefined && consumerLeaderIn(await viewsOf(rig), 'S', 'D') === leader
    })
    const names = topology.nodes.map(({ name }) => name)
    await until(async () => names.includes(metaLeaderIn(await viewsOf(rig)) ?? ''))

    await setLinks(rig, 'routes', false)
    await until(async () => (await pairs(rig)).length === 0)
    const error = await t.throwsAsync(clusterReady(topology, 100), { instanceOf: UserError })
    t.regex(error.message, /not ready within 0\.1 s: 0 of 3 routes are up/)
    t.regex(error.frame ?? '', /^n1:\n(.*\n)+n2:\n(.*\n)+n3:\n/)
  })

  test.serial(`a cluster that loses a node goes on, and takes it back, its store wiped or not${version}`, async (t) => {
    const rig = await startCluster(t, changes)
    const { nodes } = rig.topology
    const { nats, js, manager } = await clientOf(t, rig, 'n1')
    await addStream(nats, { num_replicas: 3 })
    // Who leads neither: the others have no election to hold.
    const leaders = [metaLeaderIn(await viewsOf(rig)), (await manager.streams.info('S')).cluster?.leader, 'n1']
    const node = nodes.find(({ name }) => !leaders.includes(name)) ?? nodes[2]!
    let sent = 0
    const publish = async () => {
      await until(() => js.publish('s', 'x', { msgID: `m${sent}`, timeout: 1_000 }).then(Boolean, () => false))
      sent += 1
    }
    const ways = [
      [() => node.kill(), false],
      [() => node.stop(), true],
      [() => node.lameDuck(), false],
    ] as const
    for (const [end, wipe] of ways) {
      await publish()
      await until(() => haveAll(rig, sent))
      await end()
      await publish()
      t.deepEqual(await readJetStream([node], patientMs), [])
      await node.start({ wipe })
      await until(() => haveAll(rig, sent))
      await clusterReady(rig.topology)
      t.deepEqual(await rig.topology.bypasses(), [])
    }
  })

  test.serial(`a node whose routes are cut is alone, and no leader, whatever it says${version}`, async (t) => {
    const rig = await startCluster(t, changes)
    const { topology } = rig
    const { nats, manager } = await clientOf(t, rig, 'n1')
    await addStream(nats, { num_replicas: 3 })
    const cut = (await manager.streams.info('S')).cluster!.leader!
    const others = ['n1', 'n2', 'n3'].filter((name) => name !== cut)
    await setLinks(rig, `route-${cut}`, false)
    await until(async () => (await pairs(rig)).join() === others.join('-'))
    // It names itself until it sees, 10 s later at the earliest, that nobody follows; the others elect one before that.
    let isDeluded = false
    let leader: string | undefined
    await until(async () => {
      const views = await viewsOf(rig)
      leader = streamLeaderIn(views, 'S')
      const own = views.find(({ node }) => node === cut)?.streams.find(({ name }) => name === 'S')
      isDeluded ||= leader !== cut && own?.group.leader === cut
      return leader !== undefined && leader !== cut
    })
    t.true(isDeluded)
    t.true(others.includes(leader!))
    t.deepEqual(await topology.bypasses(), [])
    t.deepEqual(await pairs(rig), [others.join('-')])

    await setLinks(rig, `route-${cut}`, true)
    await clusterReady(topology)
    t.deepEqual(await topology.bypasses(), [])
  })

  test.serial(
    `servers that tell each other where they are go around their proxies, which is seen${version}`,
    async (t) => {
      const rig = await startCluster(t, changes, { protectRoutes: false })
      const { topology } = rig
      await setLinks(rig, 'routes-n1-n3', false)
      const between = async () => (await topology.bypasses()).find((sentence) => /^n1 .* n3 |^n3 .* n1 /.test(sentence))
      // It comes back to n2, which tells n1 where it is; n1 tries that once, and may be too early.
      let found = await between()
      while (!found) {
        await topology.nodes[2]!.kill()
        await topology.nodes[2]!.start()
        found = await untilOr(2_000, between)
      }
      const [, from, to, port] = /^(n\d) has a route to (n\d) at its real port (\d+), around/.exec(found)!
      const [link] = selectLinks(topology.links, `route-${from}-${to}`)
      t.is(link?.upstream, `127.0.0.1:${port}`)
      await until(async () => (await pairs(rig)).includes('n1-n3'))
    },
  )
}

/** What `ask` finds, or nothing once that time is over. */
async function untilOr<T>(milliseconds: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + milliseconds
  for (;;) {
    const found = await ask()
    if (found !== undefined || performance.now() >= end) return found
    await sleep(20)
  }
}

test.serial('a paused node has no routes, and proves nothing', async (t) => {
  const rig = await startCluster(t, {})
  const { topology } = rig
  const [n1] = topology.nodes
  await n1!.pause()
  t.deepEqual(await pairs(rig), ['n2-n3'])
  t.deepEqual(await topology.bypasses(), [])
  n1!.resume()
  await until(async () => (await pairs(rig)).length === 3)
  process.kill(n1!.pid!, 'SIGSTOP')
  // All its threads must have stopped, which takes a moment.
  let told: unknown
  await until(async () => {
    told = await topology.bypasses().then(
      () => undefined,
      (error: Error) => error.message,
    )
    return told !== undefined
  })
  t.regex(String(told), /^n1 does not tell its routes/)
})

test.serial('each node that dies of itself is told of, each time, and all are stopped in the end', async (t) => {
  const died: ServerRecord[] = []
  const changes = { external: true, runId: 'mine', onDied: (server: ServerRecord) => void died.push(server) }
  const { topology, toxiproxy, pids } = await startCluster(t, changes, { nodes: 5 })
  t.is(Object.keys(await toxiproxy.getAll()).length, 30)
  t.is(topology.clientUrls.consumers.length, 5)
  const n4 = topology.nodes[3]!
  process.kill(n4.pid!, 'SIGKILL')
  await until(() => died.length === 1)
  t.is(n4.state, 'down')
  // Another one, and the same one again.
  process.kill(topology.nodes[1]!.pid!, 'SIGTERM')
  await until(() => died.length === 2)
  await n4.start()
  process.kill(n4.pid!, 'SIGKILL')
  await until(() => died.length === 3)
  t.deepEqual(
    died.map(({ name, exit }) => [name, exit?.signal]),
    [
      ['n4', 'SIGKILL'],
      ['n2', died[1]!.exit!.signal],
      ['n4', 'SIGKILL'],
    ],
  )
  await topology.stop()
  t.is(died.length, 3)
  for (const pid of pids) t.false(await isRunning(pid))
  t.deepEqual(await toxiproxy.getAll(), {})
})

test.serial('a cluster of which one node can not start leaves nothing', async (t) => {
  const engine = await startEngine(t)
  const { context, pids } = await contextFor(t, engine.url, { external: true, runId: 'mine' })
  const { path: real } = await natsServerBinary()
  const path = join(context.runDir, 'nats-server')
  await writeFile(path, `#!/bin/sh\ncase "$PWD" in */n2) echo no; exit 9;; esac\nexec "${real}" "$@"\n`)
  await chmod(path, 0o755)
  const start = startTopology(plan, { ...context, natsServer: { ...context.natsServer, path } })
  const error = await t.throwsAsync(start, { instanceOf: UserError })
  t.regex(error.message, /nats-server n2 .* ended while it was starting \(exit code 9\)/)
  // More where a port was taken and another was tried.
  t.true(pids.length >= 3)
  for (const pid of pids) t.false(await isRunning(pid))
  t.deepEqual(await context.toxiproxy.getAll(), {})
})

test.serial('a cluster of one needs nobody else', async (t) => {
  const rig = await startCluster(t, {}, { nodes: 1 })
  const { manager } = await clientOf(t, rig, 'n1')
  await manager.streams.add({ name: 'S', subjects: ['s'] })
  const views = await viewsOf(rig)
  t.is(streamLeaderIn(views, 'S'), 'n1')
  t.is(metaLeaderIn(views), 'n1')
  t.deepEqual([await routesTold(rig), await rig.topology.bypasses()], [[], []])
})
