import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { connect } from 'nats'
import { replicaDifference } from '../../lib/run/watch/replica-difference.ts'
import { type AskedNode, readJetStream, selectLinks, streamPeers } from '../../lib/topology/index.ts'
import { addStream, publish, startEngine, startRig, temporaryFolder, until } from '../topology/support.ts'

test.serial('a replica that lost messages is found, unless the cluster has given them back', async (t) => {
  const runDir = await temporaryFolder(t)
  const plan = { kind: 'cluster', nodes: 3, protectRoutes: true } as const
  const { topology } = await startRig(t, await startEngine(t), { runDir }, plan)
  const { nodes } = topology
  const [link] = selectLinks(topology.links, 'publishers-n1')
  const nats = await connect({ servers: link!.listen, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  t.teardown(() => nats.close())
  await addStream(nats, { num_replicas: 3 })
  // More than one of the files of some 8 MB that a server keeps a stream in.
  const count = 50
  for (let sent = 0; sent < count; sent += 1) await publish(nats, new Uint8Array(400_000))
  const everywhere = async () => {
    const peers = await streamPeers(nodes, 'S')
    return peers.length === 3 && peers.every(({ messages }) => messages === count)
  }
  await until(everywhere)
  t.is(await replicaDifference(nodes, 'S', 3), undefined)

  const leader = (await (await nats.jetstreamManager()).streams.info('S')).cluster?.leader
  const node = nodes.find(({ name }) => name !== leader && name !== 'n1')!
  /** Kills a follower, deletes the first or the last file of its messages, and starts it again. */
  const damage = async (which: 'first' | 'last') => {
    await node.kill()
    const folder = join(runDir, node.name, 'store', 'jetstream', '$G', 'streams', 'S', 'msgs')
    const blocks = (await readdir(folder))
      .filter((name) => name.endsWith('.blk'))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    t.true(blocks.length > 1, blocks.join())
    await rm(join(folder, which === 'first' ? blocks[0]! : blocks.at(-1)!))
    await rm(join(folder, 'index.db'), { force: true })
    await node.start()
  }

  // It knows that its end is not the group's end, and asks for what it lacks.
  await damage('last')
  await until(everywhere)
  t.is(await replicaDifference(nodes, 'S', 3), undefined)

  // Of its beginning nobody asks.
  await damage('first')
  await until(async () => (await streamPeers(nodes, 'S')).filter(({ isCurrent }) => isCurrent).length === 3)
  const found = await replicaDifference(nodes, 'S', 3, 1_000)
  t.is(found?.kind, 'failed')
  t.regex(found!.reason, /^replicas of stream S differ: first sequence .*; messages .*; bytes /)
  t.regex(found!.reason, new RegExp(`messages (.*, )?(?!${count} )\\d+ on ${node.name}`))

  await node.kill()
  t.deepEqual(await replicaDifference(nodes, 'S', 3, 0), {
    kind: 'unknown',
    reason: 'only 2 of 3 replicas of stream S could be compared',
  })
})

test.serial('replicas of equally many messages and different size differ', async (t) => {
  const servers: AskedNode[] = []
  for (const [name, size] of [
    ['a', 100],
    ['b', 101],
  ] as const) {
    const { topology } = await startRig(t, await startEngine(t))
    const nats = await connect({ servers: [...topology.clientUrls.publishers] })
    t.teardown(() => nats.close())
    await (await nats.jetstreamManager()).streams.add({ name: 'S', subjects: ['s'] })
    await nats.jetstream().publish('s', new Uint8Array(size))
    const { monitor, state } = topology.nodes[0]!
    servers.push({ name, monitor, state })
  }
  const sizes = (await readJetStream(servers)).map(({ streams }) => streams[0]!.bytes)
  t.is(sizes[1]! - sizes[0]!, 1)
  t.deepEqual(await replicaDifference(servers, 'S', 2, 0), {
    kind: 'failed',
    reason: `replicas of stream S differ: bytes ${sizes[0]} on a, ${sizes[1]} on b`,
  })
})
