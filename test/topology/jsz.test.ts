import test from 'ava'
import { connect } from 'nats'
import { type JszView, readJsz } from '../../lib/topology/index.ts'
import { jszWithConsumersPath } from '../../lib/topology/jetstream/jsz.ts'
import { readMonitorText } from '../../lib/topology/monitor.ts'
import { addStream, patientMs, publish, startEngine, startRig, until } from './support.ts'

const state = { messages: 3, first_seq: 1, last_seq: 3 }
const peer = (name: string) => ({ name, current: false, active: 1_000_000 })

/** Who leads S, in a group of how many, with which others, when n1 tells this of it. */
function told(cluster: unknown, replicas: number | undefined) {
  const config = replicas === undefined ? undefined : { num_replicas: replicas }
  const answer = { account_details: [{ stream_detail: [{ name: 'S', cluster, config, state }] }] }
  const { leader, size, replicas: others } = readJsz('n1', JSON.stringify(answer)).streams[0]!.group
  return [leader, size, others.map(({ name }) => name).join()]
}

test('a group, as a server tells it in all the moments of its life', (t) => {
  const others = [peer('n2'), peer('n3')]
  t.deepEqual(told({ leader: 'n2', replicas: others }, 3), ['n2', 3, 'n2,n3'])
  t.deepEqual(told({ leader: 'n1' }, 1), ['n1', 1, ''], 'in a cluster, and alone')
  t.deepEqual(told(undefined, 1), ['n1', 1, ''], 'in no cluster')
  t.deepEqual(told({ leader: 'n1' }, 3), [undefined, 3, ''], 'just started: it does not know of the others yet')
  t.deepEqual(told(undefined, 3), [undefined, 3, ''])
  t.deepEqual(told({ replicas: [peer('n1'), ...others] }, 3), [undefined, 3, 'n2,n3'], 'electing: it lists itself')
  t.deepEqual(told({ leader: '', replicas: others }, 3), [undefined, 3, 'n2,n3'])
  t.deepEqual(told({ leader: 'n2', replicas: others }, 1), ['n2', 3, 'n2,n3'], 'about to be made smaller')
})

test('a consumer that says nothing of itself has as many replicas as it was made to have', (t) => {
  const consumer = (name: string, config: unknown) => ({ name, config })
  const consumer_detail = [
    consumer('durable', { durable_name: 'durable', num_replicas: 0 }),
    consumer('passing', { num_replicas: 0 }),
    consumer('own', { durable_name: 'own', num_replicas: 1 }),
  ]
  const stream = { name: 'S', cluster: { leader: 'n1' }, config: { num_replicas: 3 }, state, consumer_detail }
  const [read] = readJsz('n1', JSON.stringify({ account_details: [{ stream_detail: [stream] }] })).streams
  t.deepEqual(
    read!.consumers.map(({ name, group }) => [name, group.leader, group.size]),
    [
      ['durable', undefined, 3],
      ['passing', 'n1', 1],
      ['own', 'n1', 1],
    ],
  )
})

test('an answer without JetStream has nothing in it', (t) => {
  t.deepEqual(readJsz('n1', '{}'), { meta: undefined, streams: [] })
  t.throws(() => readJsz('n1', 'hello'))
})

test.serial('a follower that is started again never calls itself leader, or its group a group of one', async (t) => {
  const { topology } = await startRig(t, await startEngine(t), {}, { kind: 'cluster', nodes: 3, protectRoutes: true })
  const nats = await connect({ servers: [...topology.clientUrls.publishers], maxReconnectAttempts: -1 })
  t.teardown(() => nats.close())
  const manager = await nats.jetstreamManager()
  await addStream(nats, { num_replicas: 3 })
  await manager.consumers.add('S', { durable_name: 'D' })
  await publish(nats, 'x')
  const leads = [
    (await manager.streams.info('S')).cluster?.leader,
    (await manager.consumers.info('S', 'D')).cluster?.leader,
  ]
  const node = topology.nodes.find(({ name }) => !leads.includes(name))!
  const look = async () => readJsz(node.name, await readMonitorText(node.monitor, jszWithConsumersPath, patientMs))
  // It must have the consumer in its store, or it would not tell of it when it starts.
  await until(async () => (await look()).streams[0]?.consumers[0]?.group.leader !== undefined)
  await node.kill()
  const views: JszView[] = []
  const start = node.start()
  // From the first answer on, long before the start is over.
  await until(async () => {
    const view = await look().catch(() => undefined)
    if (view) views.push(view)
    return view?.streams[0]?.group.leader !== undefined
  })
  await start
  const groups = views.flatMap(({ streams }) =>
    streams.flatMap(({ group, consumers }) => [group, ...consumers.map((consumer) => consumer.group)]),
  )
  t.true(groups.length > 0)
  for (const { size, leader, replicas } of groups) {
    t.is(size, 3)
    t.true(leader !== node.name, `${node.name} calls itself leader`)
    t.false(replicas.some(({ name }) => name === node.name))
  }
})
