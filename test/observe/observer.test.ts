import test from 'ava'
import { now } from '../../lib/measure/index.ts'
import { type Observation, Observer } from '../../lib/observe/index.ts'
import { watchStandstill } from '../standstill.ts'
import { occupy, publish } from '../topology/support.ts'
import { BareNode, nodeIn, observe, startNodes } from './support.ts'

/** Did every one of these nodes answer in time? On a busy machine one that runs may be late. */
const answered = (names: readonly string[]) => (observation: Observation) =>
  names.every((name) => nodeIn(observation, name).server !== undefined)

/** Has this node heard the leader within a second? */
function hears(observation: Observation, name: string, leader: string | undefined): boolean {
  const group = nodeIn(observation, name).server?.streams[0]?.group
  const heard = group?.replicas.some((replica) => replica.name === leader && replica.activeMs < 1_000)
  return group?.leader === leader && heard === true
}

test.serial('a single server: what it uses and stores, at three cheap requests a second', async (t) => {
  const { nodes, nats } = await startNodes(t, 1)
  const [node] = nodes
  const { observer, next, seen, history } = observe(t, nodes)
  const first = nodeIn(await next(answered(['n1'])), 'n1')
  t.is(first.state, 'running')
  t.is(first.cpu === undefined || first.cpu >= 0, true)
  t.true(seen.length > 1 || first.server!.goroutines! > 5, 'counted in the first round, unless it was late for that')
  t.is(first.server!.meta, undefined)
  for (let count = 0; count < 10; count += 1) await publish(nats, 'x')
  await (await nats.jetstreamManager()).streams.deleteMessage('S', 5)
  const observation = await next(({ round }) => round.nodes[0]!.server?.streams[0]?.deleted === 1)
  const { server, rssBytes, fds, threads, cpu } = nodeIn(observation, 'n1')
  t.like(server!.streams[0], { name: 'S', group: { leader: 'n1' }, firstSeq: 1, lastSeq: 10, messages: 9, deleted: 1 })
  t.is(server!.connections, 1)
  t.is(server!.goroutines, undefined, 'not counted unless asked for')
  t.true(server!.storeBytes > 0)
  t.true(rssBytes! > 2 ** 20)
  t.true(cpu! >= 0 && cpu! < 4)
  if (process.platform === 'linux') {
    t.true(fds! > 5)
    t.true(threads! > 1)
  }
  t.true(observation.round.runner.rssBytes! > 2 ** 20)
  t.like(observation.statuses[0], { group: 'S', leader: 'n1', needed: 1, quorum: true })
  t.deepEqual(observation.current, ['S'])
  observer.countGoroutines()
  await next(({ round }) => {
    const isCounted = round.nodes[0]!.server?.goroutines !== undefined
    if (!isCounted) observer.countGoroutines()
    return isCounted
  })
  await observer.stop()
  const rounds = seen.length
  const late = seen.filter((round) => !answered(['n1'])(round)).length
  // nats-server counts who asked it what.
  const varz = (await (await fetch(`${node!.monitor}/varz`)).json()) as { http_req_stats: Record<string, number> }
  const { '/varz': asked, ...others } = varz.http_req_stats
  // This test's own, and a round that the stop cut short.
  t.true(asked! >= rounds - late && asked! <= rounds + 2, `${asked} requests in ${rounds} rounds`)
  t.deepEqual(
    Object.keys(others)
      .filter((path) => others[path]! > 0)
      .sort(),
    ['/jsz', '/routez'],
  )
  for (const path of ['/jsz', '/routez']) t.true(others[path]! <= rounds + 1)
  const { spans, count } = history.availability.n1!
  t.deepEqual([count > 0, spans.length], [late > 0, count])
})

test.serial('a cluster: mesh, replicas, a paused node that delays nobody, a killed leader, a new one', async (t) => {
  const standstill = watchStandstill(t)
  const { nodes, nats } = await startNodes(t, 3)
  const { next, seen, history } = observe(t, nodes)
  const status = ({ statuses }: Observation, group: string) => statuses.find((known) => known.group === group)
  await publish(nats, 'x')
  const well = await next(
    (seen) => seen.current.includes('S') && seen.round.nodes.every(({ server }) => server?.routes.length === 2),
  )
  t.deepEqual(nodeIn(well, 'n2').server!.routes, ['n1', 'n3'])
  t.like(status(well, 'S'), { peers: ['n1', 'n2', 'n3'], up: 3, inContact: 3, needed: 2, quorum: true })
  t.like(status(well, '_meta_'), { up: 3, needed: 2, quorum: true })

  const leader = status(well, 'S')!.leader!
  const meta = status(well, '_meta_')!.leader
  const paused = nodes.find(({ name }) => name !== leader && name !== meta)!
  const others = nodes.map(({ name }) => name).filter((name) => name !== paused.name)
  await paused.pause()
  const stalled = await next((seen) => {
    const { state, server } = nodeIn(seen, paused.name)
    // One that was asked before it was paused is not known to be.
    return state === 'paused' && server === undefined && answered(others)(seen)
  })
  t.true(process.platform !== 'linux' || nodeIn(stalled, paused.name).fds! > 0, 'its process is still there')
  t.like(status(stalled, 'S'), { leader, up: 2, quorum: true })
  t.deepEqual(stalled.current, [])
  const silent = await next(({ round }) => {
    const view = round.nodes.find(({ node }) => node === leader)?.server?.streams[0]
    return view?.group.replicas.some(({ name, activeMs }) => name === paused.name && activeMs > 3_000) ?? false
  })
  t.like(status(silent, 'S'), { leader, inContact: 2, quorum: true })
  const since = seen.slice(seen.indexOf(stalled))
  for (const { round } of since) {
    const asked = nodeIn({ round }, paused.name).at
    for (const name of others) {
      const before = nodeIn({ round }, name).at - asked
      t.true(before < 500 + standstill.longestMs, `${name} was asked before ${paused.name} was given up`)
    }
  }
  // Some of which may have been late by themselves.
  t.true(since.filter(answered(others)).length > since.length / 2, 'the others answered')
  paused.resume()
  // Who was cut off asks for an election at once, unless it has heard the leader again.
  const whole = await next((seen) => {
    const { leader } = status(seen, 'S')!
    const followers = nodes.filter(({ name }) => name !== leader)
    return seen.current.includes('S') && followers.every(({ name }) => hears(seen, name, leader))
  })

  const old = status(whole, 'S')!.leader!
  const victim = nodes.find(({ name }) => name === old)!
  const looks = seen.length
  const lost = { quorum: history.quorum.S!.count, leader: history.availability[old]!.count }
  await victim.kill()
  const isDown = (seen: Observation) => nodeIn(seen, old).server === undefined
  await next(isDown)
  t.true(seen.slice(looks, looks + 2).some(isDown), 'within two looks')
  const led = await next((seen) => isDown(seen) && ![undefined, old].includes(status(seen, 'S')!.leader))
  const changes = seen.slice(looks).flatMap(({ changes }) => changes.filter(({ group }) => group === 'S'))
  t.deepEqual(
    changes.map(({ from, to }) => [from, to]),
    [[old, status(led, 'S')!.leader]],
  )
  t.like(status(led, 'S'), { up: 2, needed: 2, quorum: true })
  t.is(history.quorum.S!.count, lost.quorum + 1)
  t.true(history.quorum.S!.totalMs > 0)
  t.is(history.availability[old]!.count, lost.leader + 1)

  const healedAt = now()
  await victim.start(nodes)
  await next((seen) => seen.current.includes('S'))
  t.true(history.allCurrentAt('S', healedAt)! >= healedAt)
  t.true(history.availability[old]!.spans.every(({ to }) => to !== undefined))
})

test.serial('something else on the port of a node is a node that is down', async (t) => {
  const node = new BareNode('n1', '/nowhere')
  node.state = 'running'
  await occupy(t, node.monitor.slice('http://'.length))
  const { next } = observe(t, [node])
  t.like(nodeIn(await next(), 'n1'), { server: undefined, rssBytes: undefined, cpu: undefined })
})

test.serial('stopping drops the round under way, and may be done before the start and twice', async (t) => {
  const node = new BareNode('n1', '/nowhere')
  const observer = new Observer({ nodes: [node], streams: [], consumers: false, onRound: () => t.fail() })
  observer.start()
  await Promise.all([observer.stop(), observer.stop()])
  const never = new Observer({ nodes: [node], streams: [], consumers: false, onRound: () => t.fail() })
  await never.stop()
  never.start()
  await never.stop()
  t.pass()
})
