import test from 'ava'
import { Aggregate, maxIntervals, observedMetrics } from '../../lib/measure/index.ts'
import { History } from '../../lib/observe/history.ts'
import { isLeak } from '../../lib/observe/leaks.ts'
import { type MadeNode, madeRound } from './rounds.ts'

const down: MadeNode = { up: false, state: 'down' }

function historyOf(...rounds: Record<string, MadeNode>[]) {
  const history = new History(['S'], 0)
  const observations = rounds.map((changes, index) => history.add(madeRound(index * 1_000, changes)))
  return { history, observations }
}

/** n1, the leader of S, is killed at 2 s; n2 leads from 4 s on; n1 is back at 6 s, behind until 7 s. */
const killed: Record<string, MadeNode>[] = [
  {},
  {},
  { n1: down },
  { n1: down },
  {
    n1: down,
    n2: { leader: 'n2', metaLeader: 'n2', lastSeq: 150 },
    n3: { leader: 'n2', metaLeader: 'n2', lastSeq: 150 },
  },
  {
    n1: down,
    n2: { leader: 'n2', metaLeader: 'n2', lastSeq: 200 },
    n3: { leader: 'n2', metaLeader: 'n2', lastSeq: 200 },
  },
  ...[100, 200].map((lastSeq) => ({
    n1: { leader: 'n2', metaLeader: 'n2', lastSeq },
    n2: { leader: 'n2', metaLeader: 'n2', lastSeq: 200 },
    n3: { leader: 'n2', metaLeader: 'n2', lastSeq: 200 },
  })),
]

test('a leader that is back and knows its group not yet leads nothing, and is not current', (t) => {
  const back = [...killed]
  back.splice(6, 1, { ...killed[6], n1: { knows: false, lastSeq: 200, metaLeader: 'n2' } })
  const { history } = historyOf(...back)
  t.deepEqual(
    history.changes.map(({ group, to, at }) => [group, to, at]),
    [
      ['_meta_', 'n2', 4_000],
      ['S', 'n2', 4_000],
    ],
  )
  t.deepEqual(history.quorum.S?.spans, [{ from: 2_000, to: 4_000 }])
})

test('a killed leader: who was down, when quorum was lost, who leads now, when all were current', (t) => {
  const { history } = historyOf(...killed)
  t.deepEqual(history.availability.n1, {
    share: 1 - 4 / 7,
    count: 1,
    totalMs: 4_000,
    spans: [{ from: 2_000, to: 6_000 }],
  })
  t.deepEqual(history.availability.n2, { share: 1, count: 0, totalMs: 0, spans: [] })
  t.deepEqual(history.quorum.S?.spans, [{ from: 2_000, to: 4_000 }])
  t.deepEqual(history.quorum._meta_?.spans, [{ from: 2_000, to: 4_000 }])
  t.deepEqual(history.changes, [
    { group: '_meta_', from: 'n1', to: 'n2', at: 4_000 },
    { group: 'S', from: 'n1', to: 'n2', at: 4_000 },
  ])
  t.deepEqual(history.replication.S?.spans.at(-1)?.to, 7_000)
  t.is(history.allCurrentAt('S', 6_000), 7_000)
  t.is(history.allCurrentAt('S', 500), 500)
  t.is(history.allCurrentAt('S', 8_000), undefined)
})

test('a leader that is lost and comes back is no change', (t) => {
  const { history } = historyOf({}, { n1: { up: false, state: 'paused' } }, {})
  t.deepEqual(history.changes, [])
  t.is(history.quorum.S?.count, 1)
})

test('nobody answers: no quorum in any group that was known', (t) => {
  const { history } = historyOf({}, { n1: down, n2: down, n3: down }, {})
  t.deepEqual(history.quorum.S?.spans, [{ from: 1_000, to: 2_000 }])
  t.deepEqual(history.quorum._meta_?.spans, [{ from: 1_000, to: 2_000 }])
})

test('columns of equal length, with null where nothing is known', (t) => {
  const { history } = historyOf(...killed)
  const { at, nodes, groups, runner } = history.timeline()
  t.deepEqual(at, [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000])
  t.deepEqual(nodes.n1?.up, [1, 1, 0, 0, 0, 0, 1, 1])
  t.deepEqual(nodes.n1?.connections, [2, 2, null, null, null, null, 2, 2])
  t.is(nodes.n1?.state[2], 'down')
  t.deepEqual(groups.S?.leader, ['n1', 'n1', null, null, 'n2', 'n2', 'n2', 'n2'])
  t.deepEqual(groups.S?.quorum, [1, 1, 0, 0, 1, 1, 1, 1])
  t.deepEqual(groups.S?.lastSeq, [100, 100, null, null, 150, 200, 200, 200])
  // n1 is asked before n2, which led 200 a round earlier already.
  t.deepEqual(groups.S?.lag, [0, 0, null, null, 0, 0, 100, 0])
  t.deepEqual(groups.S?.current, [true, true, false, false, false, false, false, true])
  t.true(groups._meta_?.current.every((current) => current === null))
  t.deepEqual(runner.fds, Array(8).fill(30))
})

test('longer than the timeline: intervals are merged in twos, counts and shares stay right', (t) => {
  const history = new History(['S'], 0)
  for (let second = 0; second < maxIntervals + 2; second += 1) {
    history.add(
      madeRound(second * 1_000, {
        ...(second % 2 === 1 && { n3: down }),
        ...(second === 4 && { n1: { goroutines: 77 } }),
      }),
    )
  }
  const { intervalMs, at, nodes } = history.timeline()
  t.is(intervalMs, 2_000)
  t.is(at.length, maxIntervals / 2 + 1)
  t.true(nodes.n3?.up.every((up) => up === 0.5))
  t.true(nodes.n1?.cpu.every((cpu) => cpu === 0.5))
  t.is(nodes.n1?.goroutines[2], 77)
  t.is(history.availability.n3?.count, maxIntervals / 2 + 1)
})

test('leaks are looked for in the stretches asked for, in every server and the runner', (t) => {
  const growth = (second: number) => ({
    n2: { fds: second < 10 ? 20 : 90 },
    n3: { rssBytes: second < 10 ? 1_000 : 2 ** 30 },
  })
  const { history } = historyOf(...Array.from({ length: 20 }, (_, second) => growth(second)))
  const found = history.checkLeaks({ from: 0, to: 8_500 }, { from: 12_000, to: 19_000 }).filter(isLeak)
  t.deepEqual(
    found.map(({ process, resource }) => [process, resource]),
    [
      ['n2', 'fds'],
      ['n3', 'rssBytes'],
    ],
  )
  t.false(history.checkLeaks({ from: 0, to: 4_000 }, { from: 5_000, to: 9_000 }).some(isLeak))
})

test('what a round is worth in metrics: every one of servers and groups, and an aggregate takes them', (t) => {
  const { observations } = historyOf(...killed)
  const aggregate = new Aggregate([])
  for (const { samples } of observations) {
    for (const { metric, tags, value } of samples) aggregate.record(metric, tags, value)
  }
  const names = new Set(observations.flatMap(({ samples }) => samples.map(({ metric }) => metric)))
  const ofServers = observedMetrics.map(({ name }) => name).filter((name) => !/instance|region|queue/.test(name))
  t.deepEqual([...names].sort(), ofServers.sort())
  const observe = (metric: string, type: string, kind: string, tags = {}) =>
    aggregate.observe({ metric, tags, type, aggregation: { kind, share: 0.5 } } as never, () => 8).value
  t.is(observe('node_up', 'rate', 'rate', { node: 'n1' }), 0.5)
  t.is(observe('node_up', 'rate', 'rate'), 20 / 24)
  t.is(observe('quorum', 'rate', 'rate', { stream: 'S' }), 0.75)
  t.is(observe('leader_changes', 'counter', 'count', { stream: 'S' }), 1)
  t.is(observe('leader_changes', 'counter', 'count'), 2)
  t.is(observe('replica_lag', 'gauge', 'max', { node: 'n1' }), 100)
  t.is(observe('replica_lag', 'gauge', 'value', { stream: 'S' }), 0)
  t.is(observe('server_cpu', 'trend', 'percentile'), 0.5)
})

test('slow consumers are counted over restarts', (t) => {
  const counts = [3, 5, undefined, 2].map((slowConsumers) => ({
    n1: slowConsumers === undefined ? down : { slowConsumers },
  }))
  const { observations } = historyOf(...counts, { n1: { slowConsumers: 3 } }, { n1: { slowConsumers: 1 } })
  const added = observations.map(
    ({ samples }) => samples.find(({ metric, tags }) => metric === 'slow_consumers' && tags.node === 'n1')?.value,
  )
  // What it had before the first look, and while it was away, nobody saw.
  t.deepEqual(added, [undefined, 2, undefined, undefined, 1, 1])
})
