import type { PartitionFault } from '../../lib/faults/index.ts'
import { Aggregate } from '../../lib/measure/index.ts'
import type { FaultRecord, Report } from '../../lib/report/index.ts'
import type { RegionsPlan } from '../../lib/topology/index.ts'
import { outages } from './cluster-fixture.ts'
import { fixtureReport, steady } from './fixture.ts'

const cut: PartitionFault = {
  kind: 'partition',
  shape: 'apart',
  mode: 'down',
  target: { kind: 'region', name: 'b' },
  allowQuorumLoss: true,
}

const topology = {
  kind: 'regions',
  via: 'gateways',
  regions: ['a', 'b'].map((name) => ({ name, nodes: 1 })),
  wideArea: [{ between: ['a', 'b'], latencyMs: 40, jitterMs: 5 }],
  protectRoutes: true,
} as unknown as RegionsPlan

/** b was cut off for 5 s, in which nothing crossed for `silentMs`. */
function cutRecord(silentMs: number): FaultRecord {
  return {
    id: 'cut-b#1',
    name: 'cut-b',
    phase: 'faults',
    fault: cut,
    targets: ['gateway-a1-b1', 'gateway-b1-a1'],
    scheduledAt: 15_000,
    plannedMs: 5_000,
    applyingAt: 15_001,
    appliedAt: 15_010,
    healingAt: 20_000,
    healedAt: 20_050,
    recovery: {
      detected: { ms: 1_004, sign: 'no message crossed from a to b' },
      newLeaders: {},
      backlogs: {},
      queues: { COPY: { region: 'b', before: 2, peak: 1_234, drained: { ms: 2_300 } } },
      regions: {
        'a-b': { silentMs, unlistedAfterMs: 1_200, crossed: { ms: 870 }, listed: { notWithinMs: 9_000 } },
      },
    },
  }
}

/** The fixture's run in two regions. */
export function regionsReport(silentMs = 5_900): Report {
  const report = fixtureReport()
  const aggregate = new Aggregate([])
  for (const region of ['a', 'b']) {
    for (const [window, connected, latency] of [
      ['baseline', 1, 4],
      ['fault', 0, 9],
    ] as const) {
      const tags = { phase: 'faults', window, ...(window === 'fault' && { fault: 'cut-b' }) }
      for (let second = 0; second < 5; second += 1) {
        aggregate.record('publish_throughput', { ...tags, region }, region === 'a' ? 150 : 50)
        if (region === 'a') aggregate.record('region_connected', { ...tags, between: 'a-b' }, connected)
      }
      aggregate.record('publish_acked', { ...tags, region }, region === 'a' ? 750 : 250)
      for (let sample = 0; sample < 200; sample += 1) aggregate.record('publish_latency', { ...tags, region }, latency)
    }
  }
  for (let sample = 0; sample < 200; sample += 1) {
    aggregate.record('region_rtt', { phase: 'faults', window: 'baseline', between: 'a-b' }, 81)
    aggregate.record('region_rtt', { phase: 'faults', window: 'fault', fault: 'cut-b', between: 'a-b' }, 900)
  }
  return {
    ...report,
    plan: {
      ...report.plan,
      topology,
    },
    faults: [cutRecord(silentMs)],
    series: aggregate.toSeries(() => 5),
    observed: {
      ...report.observed!,
      quorum: { _meta_: outages([15, 21]), ORDERS: steady },
      connectivity: { 'a-b': outages([15, 21]) },
    },
  }
}
