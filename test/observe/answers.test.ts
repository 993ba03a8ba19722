import test from 'ava'
import { readAnswers } from '../../lib/observe/answers.ts'

const varz = {
  server_id: 'ID1',
  mem: 20_000,
  cpu: 150,
  connections: 3,
  slow_consumers: 1,
  jetstream: { stats: { memory: 5, storage: 608 } },
}
const state = { messages: 19, bytes: 613, first_seq: 1, last_seq: 20, num_deleted: 1 }
const config = { num_replicas: 3 }
const replicas = [
  { name: 'n2', current: true, active: 717_650_249 },
  { name: 'n3', current: false, offline: true, active: 0 },
]
const jsz = {
  meta_cluster: { leader: 'n3', cluster_size: 3 },
  account_details: [
    {
      stream_detail: [
        { name: 'S', cluster: { leader: 'n1', replicas }, config, state },
        { name: 'OTHER', config, state },
      ],
    },
  ],
}
const routez = { routes: ['ID2', 'ID2', 'ID3', 'ID9'].map((remote_id) => ({ remote_id })) }
const stacksz = 'goroutine 1 [running]:\nmain()\n\ngoroutine 18 [select]:\ngoroutine_like()\n'

const read = (
  changes: { varz?: unknown; routez?: unknown; jsz?: unknown; stacksz?: string; regional?: unknown } = {},
  via?: 'gateways' | 'leafnodes',
) => {
  const answers = { varz, routez, jsz, ...changes }
  return readAnswers(
    {
      varz: JSON.stringify(answers.varz),
      routez: JSON.stringify(answers.routez),
      jsz: JSON.stringify(answers.jsz),
      stacksz: changes.stacksz,
      ...(changes.regional !== undefined && { regional: JSON.stringify(changes.regional) }),
    },
    'n1',
    ['S'],
    (id) => ({ ID2: 'n2', ID3: 'n3' })[id],
    via,
  )
}

test('what a clustered server tells: the watched streams alone, each peer once', (t) => {
  t.deepEqual(read({ stacksz }), {
    serverId: 'ID1',
    use: { rssBytes: 20_000, cpu: 1.5 },
    view: {
      routes: ['n2', 'n3'],
      across: [],
      connections: 3,
      slowConsumers: 1,
      storeBytes: 613,
      meta: { leader: 'n3', size: 3, replicas: [] },
      streams: [
        {
          name: 'S',
          group: {
            leader: 'n1',
            size: 3,
            replicas: [
              { name: 'n2', current: true, offline: false, activeMs: 717.650249 },
              { name: 'n3', current: false, offline: true, activeMs: 0 },
            ],
          },
          firstSeq: 1,
          lastSeq: 20,
          messages: 19,
          deleted: 1,
          bytes: 613,
          consumers: [],
        },
      ],
      goroutines: 2,
    },
  })
})

test('a server in no cluster leads its streams; one that knows no leader names none', (t) => {
  const alone = read({ routez: {}, jsz: { account_details: [{ stream_detail: [{ name: 'S', state }] }] } }).view
  t.deepEqual([alone.routes, alone.meta, alone.goroutines], [[], undefined, undefined])
  t.deepEqual(alone.streams[0]?.group, { leader: 'n1', size: 1, replicas: [] })
  const electing = read({ jsz: { meta_cluster: { leader: '', cluster_size: 3 } } }).view
  t.deepEqual(electing.meta, { leader: undefined, size: 3, replicas: [] })
  t.deepEqual(electing.streams, [])
})

test('something that is no nats-server is an error', (t) => {
  t.throws(() => read({ varz: 'hello', jsz: null }))
})

test('links to other regions: a leafnode by its server where it tells it, a gateway by its region once it is connected', (t) => {
  const connection = (port: number) => ({ connection: { name: 'ID7', port } })
  const gateways = {
    outbound_gateways: { b: connection(1), c: {} },
    inbound_gateways: { b: [connection(2), connection(3)], d: [connection(4)] },
  }
  t.deepEqual(read({ regional: gateways }, 'gateways').view.across, ['b', 'd'])
  t.deepEqual(read({ regional: { leafs: [{ name: 'b1', port: 1 }, { port: 2 }] } }, 'leafnodes').view.across, [
    'b1',
    undefined,
  ])
  t.deepEqual(read({ regional: { leafs: null } }, 'leafnodes').view.across, [])
})
