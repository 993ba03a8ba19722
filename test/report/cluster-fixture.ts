import type { NodeFault, PartitionFault } from '../../lib/faults/index.ts'
import { Aggregate } from '../../lib/measure/index.ts'
import type { Outages, Span } from '../../lib/observe/index.ts'
import type { FaultRecord, Report, ServersObserved } from '../../lib/report/index.ts'
import { fixtureReport, steady } from './fixture.ts'

const runMs = 40_000

/** A condition that did not hold in these seconds; the last one may go on to the end. */
export function outages(...seconds: readonly (readonly [from: number, to?: number])[]): Outages {
  const spans = seconds.map(([from, to]): Span => ({ from: from * 1_000, ...(to !== undefined && { to: to * 1_000 }) }))
  const totalMs = spans.reduce((sum, { from, to = runMs }) => sum + to - from, 0)
  return { share: 1 - totalMs / runMs, count: spans.length, totalMs, spans }
}

const kill: NodeFault = {
  kind: 'kill',
  target: { kind: 'leaderOf', stream: 'ORDERS' },
  allowQuorumLoss: false,
  wipe: false,
}
const isolate: PartitionFault = {
  kind: 'partition',
  shape: 'isolate',
  mode: 'down',
  target: { kind: 'node', name: 'n3' },
  allowQuorumLoss: false,
}

const times = (appliedAt: number, healedAt: number) => ({
  scheduledAt: appliedAt - 4,
  applyingAt: appliedAt - 3,
  appliedAt,
  healingAt: healedAt - 150,
  healedAt,
})

/** A leader that was killed, and a node that was cut off. */
export const clusterFaults: readonly FaultRecord[] = [
  {
    id: 'leader#1',
    name: 'leader',
    phase: 'faults',
    fault: kill,
    targets: ['n2'],
    ...times(15_004, 20_003),
    recovery: {
      detected: { ms: 3.1, sign: 'publisher lost its connection' },
      acksBack: { ms: 4_420 },
      acksAfterHeal: { ms: 1.9 },
      longestAckGap: { ms: 4_424, from: 15_001 },
      ackStallMs: 401,
      newLeaders: { ORDERS: { ms: 4_003 } },
      throughput: { baseline: 2_000, during: 240, share: 0.12 },
      recovered: { ms: 1_000 },
      fullThroughput: { notWithinMs: 5_003 },
      backlogs: { billing: { stream: 'ORDERS', before: 12, peak: 240, drained: { ms: 640 } } },
      replicasCurrent: { ms: 1_640 },
    },
  },
  {
    id: 'cut#1',
    name: 'cut',
    phase: 'faults',
    fault: isolate,
    targets: ['route-n1-n3', 'route-n3-n1', 'route-n2-n3', 'route-n3-n2'],
    ...times(25_006, 28_002),
    recovery: {
      detected: { ms: 1_004, sign: 'ORDERS had no quorum' },
      acksBack: { ms: 0 },
      acksAfterHeal: { ms: 2.2 },
      ackStallMs: 0,
      newLeaders: {},
      throughput: { baseline: 2_000, during: 2_001, share: 1.0005 },
      recovered: { ms: 0 },
      fullThroughput: { ms: 0 },
      backlogs: { billing: { stream: 'ORDERS', before: 12, peak: 31, drained: { ms: 0 } } },
      replicasCurrent: { notWithinMs: 11_000 },
    },
    proof: 'routes gone 61.2ms after the cut, none goes around its proxy',
  },
]

/** Three nodes of which one was killed and came back; nothing else went wrong. */
export function clusterObserved(changes: Partial<ServersObserved> = {}): ServersObserved {
  return {
    availability: { n1: steady, n2: outages([15, 21]), n3: steady },
    quorum: { _meta_: steady, ORDERS: outages([15, 19], [26, 27]) },
    replication: { ORDERS: outages([15, 21], [25, 29]) },
    leaderChanges: [
      { group: 'ORDERS', from: 'n2', to: 'n1', at: 19_000 },
      { group: 'ORDERS', from: 'n1', to: 'n2', at: 27_000 },
    ],
    leaks: [],
    timeline: fixtureReport().observed!.timeline,
    ...changes,
  }
}

/** The fixture's run, on a cluster. */
export function clusterReport(observed: Partial<ServersObserved> = {}): Report {
  const { series, servers } = fixtureReport()
  const aggregate = new Aggregate([])
  for (const [index, node] of ['n1', 'n2', 'n3'].entries()) {
    const tags = { phase: 'baseline', window: 'baseline', node }
    for (const cpu of [0.05, 0.07, 0.12]) aggregate.record('server_cpu', tags, cpu)
    aggregate.record('server_rss', tags, (48 + index) * 1e6)
    aggregate.record('store_bytes', tags, 4.2e6)
  }
  return fixtureReport({
    servers: ['n1', 'n2', 'n3'].map((name) => ({ ...servers[0]!, name })),
    faults: clusterFaults,
    series: [...series, ...aggregate.toSeries(() => 1)],
    observed: clusterObserved(observed),
  })
}
