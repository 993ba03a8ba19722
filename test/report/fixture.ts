import type { LinkFault } from '../../lib/faults/index.ts'
import { Aggregate, matches, type Tags, type ThresholdPlan } from '../../lib/measure/index.ts'
import { History } from '../../lib/observe/index.ts'
import {
  type FaultRecord,
  type PhaseRecord,
  type Report,
  reportVersion,
  type SeriesRecord,
  type ServersObserved,
} from '../../lib/report/index.ts'

/** The stretches of the fixture's run, and how its publishes did in each. Milliseconds. */
const stretches = [
  { tags: { phase: 'baseline', window: 'baseline' }, from: 0, to: 10_000, service: 2, wait: 0, indeterminate: 0 },
  { tags: { phase: 'faults', window: 'baseline' }, from: 10_000, to: 15_000, service: 2, wait: 0, indeterminate: 0 },
  {
    tags: { phase: 'faults', window: 'fault', fault: 'slow' },
    from: 15_000,
    to: 20_000,
    service: 52,
    wait: 0,
    indeterminate: 0,
  },
  {
    tags: { phase: 'faults', window: 'recovery', fault: 'slow' },
    from: 20_000,
    to: 21_000,
    service: 4,
    wait: 0,
    indeterminate: 0,
  },
  { tags: { phase: 'faults', window: 'baseline' }, from: 21_000, to: 25_000, service: 2, wait: 0, indeterminate: 0 },
  {
    tags: { phase: 'faults', window: 'fault', fault: 'cut' },
    from: 25_000,
    to: 28_000,
    service: 0,
    wait: 0,
    indeterminate: 600,
  },
  {
    tags: { phase: 'faults', window: 'recovery', fault: 'cut' },
    from: 28_000,
    to: 30_000,
    service: 3,
    wait: 900,
    indeterminate: 0,
  },
  { tags: { phase: 'recovery', window: 'baseline' }, from: 30_000, to: 40_000, service: 2, wait: 0, indeterminate: 0 },
] as const

const rate = 200
const slow: LinkFault = {
  kind: 'latency',
  link: 'publishers',
  stream: 'downstream',
  toxicity: 1,
  delayMs: 50,
  jitterMs: 5,
}
const cut: LinkFault = { kind: 'down', link: 'clients' }

const threshold = (
  selector: string,
  expression: string,
  rest: Pick<ThresholdPlan, 'metric' | 'type' | 'aggregation' | 'operator' | 'limit'> & { tags?: Tags },
): ThresholdPlan => ({ tags: {}, abortOnFail: false, delayAbortEvalMs: 0, selector, expression, ...rest })

/** A condition that never failed. */
export const steady = { share: 1, count: 0, totalMs: 0, spans: [] }

const healthyServer: ServersObserved = {
  availability: { n1: steady },
  quorum: { ORDERS: steady },
  replication: { ORDERS: steady },
  leaderChanges: [],
  leaks: [],
  timeline: new History(['ORDERS'], 0).timeline(),
}

const series = fixtureSeries()

/** A three-phase run with two faults, as a real one would be reported; the same at every call. */
export function fixtureReport(changes: Partial<Report> = {}): Report {
  return {
    format: 'squall-report',
    version: reportVersion,
    id: '5f0c2a77',
    startedAt: '2026-11-24T10:20:30.400Z',
    durationMs: 40_000,
    build: { label: 'a1b2c3d', commit: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', dirty: true },
    environment: {
      squall: '0.1.0',
      node: 'v20.20.2',
      os: 'linux',
      arch: 'x64',
      kernel: '6.1.0',
      cpu: 'Some CPU',
      cores: 2,
      memoryBytes: 8e9,
      hostname: 'bench-1',
      ci: false,
    },
    plan: {
      script: { path: 'scripts/quickstart.ts', sha256: 'ab'.repeat(32) },
      options: { seed: 42, timeScale: 1, maxLagMs: 20, env: {} },
      topology: { kind: 'single' },
      streams: [],
      consumers: [
        {
          kind: 'pull',
          name: 'billing',
          index: 0,
          hasHandler: false,
          members: 1,
          stream: 'ORDERS',
          ack: 'explicit',
          ackWaitMs: 30_000,
          maxAckPending: 1_000,
          maxDeliver: -1,
          batch: 100,
        },
      ],
      phases: (['baseline', 'faults', 'recovery'] as const).map((name, index) => ({
        name,
        durationMs: [10_000, 20_000, 10_000][index]!,
        executor: { kind: 'rate', rate, arrival: 'constant' },
        gracefulStopMs: 5_000,
        maxInFlight: 1_000,
        overrun: 'drop' as const,
        ackTimeoutMs: 5_000,
        thinkTimeMs: 0,
        faults: [],
      })),
      thresholds: [
        threshold('publish_latency{phase:baseline}', 'p99 < 20ms', {
          metric: 'publish_latency',
          type: 'trend',
          aggregation: { kind: 'percentile', share: 0.99 },
          operator: '<',
          limit: 20,
        }),
        threshold('publish_success', 'rate > 0.999', {
          metric: 'publish_success',
          type: 'rate',
          aggregation: { kind: 'rate' },
          operator: '>',
          limit: 0.999,
        }),
        threshold('recovery_time', 'max < 5s', {
          metric: 'recovery_time',
          type: 'trend',
          aggregation: { kind: 'max' },
          operator: '<',
          limit: 5_000,
        }),
      ],
      metrics: [{ name: 'order_value', type: 'trend', unit: 'count', description: '' }],
      services: [],
      hooks: { setup: false, teardown: false },
    },
    pacing: 'eco',
    toxiproxy: { kind: 'embedded', url: 'http://127.0.0.1:8474', version: '2.12.0' },
    servers: [
      {
        name: 'n1',
        version: '2.15.2',
        binary: '/usr/bin/nats-server',
        sha256: 'cd'.repeat(32),
        syncInterval: '2m',
        listen: '127.0.0.1:4222',
        logTail: [],
      },
    ],
    result: {
      verdict: 'failed',
      exitCode: 99,
      reasons: ['threshold publish_success: rate > 0.999 failed over 7,400 samples'],
    },
    thresholds: [
      {
        selector: 'publish_latency{phase:baseline}',
        expression: 'p99 < 20ms',
        passed: true,
        observed: 3.97,
        samples: 2_000,
      },
      { selector: 'publish_success', expression: 'rate > 0.999', passed: false, observed: 0.91891, samples: 7_400 },
      { selector: 'recovery_time', expression: 'max < 5s', passed: true, observed: 2_000, samples: 2 },
    ],
    phases: fixturePhases(),
    faults: fixtureFaults(),
    series,
    timeline: {
      intervalMs: 1_000,
      at: [],
      phase: [],
      window: [],
      due: [],
      started: [],
      dropped: [],
      inFlight: [],
      counters: {},
      trends: {},
    },
    events: [
      { at: 25_010, kind: 'disconnect', client: 'publisher' },
      { at: 28_300, kind: 'reconnect', client: 'publisher' },
    ],
    warnings: [],
    ledger: {
      attempts: 7_400,
      acked: 6_800,
      sent: 0,
      failed: 0,
      indeterminate: 600,
      drained: true,
      consumers: [
        {
          consumer: 'billing',
          kind: 'pull',
          expected: 6_800,
          received: 6_803,
          lost: 0,
          recovered: 3,
          duplicates: 0,
          redelivered: 12,
          outOfOrder: 0,
          pending: 0,
          neverConsumed: 0,
          lostExamples: [],
        },
      ],
      streams: [
        {
          stream: 'ORDERS',
          verdict: 'pass',
          judgedBy: 'content',
          readToEnd: true,
          notes: [],
          acked: 6_800,
          lateAcked: 0,
          deduplicated: 0,
          read: 6_803,
          earlier: 0,
          lost: 0,
          lostPrefix: 0,
          lostMiddle: 0,
          lostPostfix: 0,
          lostByWindow: [],
          evicted: 0,
          unexpected: 0,
          recovered: 3,
          failedButPresent: 0,
          ackConflict: 0,
          duplicateWithId: 0,
          duplicate: 0,
          outOfOrder: 0,
          state: { firstSequence: 1, lastSequence: 6_803, messages: 6_803, deleted: 0 },
          examples: {},
        },
      ],
      bytes: 4_096,
    },
    observed: healthyServer,
    generator: {
      phases: [
        { phase: 'baseline', due: 2_000, started: 2_000, dropped: 0, lagP99: 1.1, maxTurnMs: 6.4, utilization: 0.21 },
        {
          phase: 'faults',
          due: 4_000,
          started: 4_000,
          dropped: 0,
          lagP99: 1.4,
          maxTurnMs: 14.2,
          utilization: 0.3,
          caution: 'iterations started 1.4ms late at p99; latency from intended start includes that',
        },
        { phase: 'recovery', due: 2_000, started: 2_000, dropped: 0, lagP99: 1.05, maxTurnMs: 5.9, utilization: 0.2 },
      ],
    },
    ...changes,
  }
}

function fixturePhases(): PhaseRecord[] {
  return ['baseline', 'faults', 'recovery'].map((name) => {
    const own = stretches.filter(({ tags }) => tags.phase === name)
    const windows = own.map(({ tags, from, to }) => ({
      kind: tags.window,
      faults: 'fault' in tags ? [tags.fault] : [],
      startMs: from,
      endMs: to,
    }))
    return {
      name,
      startMs: own[0]!.from,
      endMs: own.at(-1)!.to,
      windows,
    }
  })
}

function fixtureFaults(): FaultRecord[] {
  return [
    {
      id: 'slow#1',
      name: 'slow',
      phase: 'faults',
      fault: slow,
      targets: ['publishers-n1'],
      scheduledAt: 15_000,
      applyingAt: 15_001,
      appliedAt: 15_004,
      healingAt: 20_001,
      healedAt: 20_003,
      recovery: {
        detected: { notWithinMs: 15_000 },
        acksBack: { ms: 0 },
        acksAfterHeal: { ms: 2.1 },
        ackStallMs: 0,
        newLeaders: {},
        throughput: { baseline: 2_000, during: 1_994, share: 0.997 },
        recovered: { ms: 1_000 },
        fullThroughput: { ms: 0 },
        backlogs: { billing: { stream: 'ORDERS', before: 12, peak: 240, drained: { ms: 640 } } },
      },
    },
    {
      id: 'cut#1',
      name: 'cut',
      phase: 'faults',
      fault: cut,
      targets: ['publishers-n1', 'consumers-n1'],
      scheduledAt: 25_000,
      applyingAt: 25_001,
      appliedAt: 25_006,
      healingAt: 28_000,
      healedAt: 28_002,
    },
  ]
}

function fixtureSeries(): SeriesRecord[] {
  const aggregate = new Aggregate([{ name: 'order_value', type: 'trend', unit: 'count', description: '' }])
  const random = seeded(7)
  for (const { tags, from, to, service, wait, indeterminate } of stretches) {
    const seconds = (to - from) / 1_000
    for (let second = 0; second < seconds; second += 1) {
      const acked = indeterminate > 0 ? 0 : rate - Math.floor(random() * 3)
      aggregate.record('publish_throughput', tags, acked)
      aggregate.record('consume_throughput', tags, acked)
    }
    if (indeterminate > 0) {
      aggregate.record('publish_indeterminate', tags, indeterminate)
      aggregate.record('ack_gap', tags, to - from + 21)
      continue
    }
    for (let sent = 0; sent < rate * seconds; sent += 1) {
      // Two tag sets, as a script that tags its messages makes them.
      const own = { ...tags, kind: sent % 2 === 0 ? 'created' : 'paid' }
      const took = service + random() * 2
      const waited = wait * (1 - sent / (rate * seconds))
      const lag = random() ** 4
      aggregate.record('publish_service_time', own, took)
      aggregate.record('schedule_lag', tags, lag)
      aggregate.record('publish_latency', own, took + waited + lag)
      aggregate.record('e2e_latency', tags, took + waited + lag + 1)
      if (sent % 10 === 0) aggregate.record('order_value', own, Math.round(10 + random() * 90))
    }
  }
  aggregate.record('recovery_time', { phase: 'faults', window: 'recovery', fault: 'slow' }, 1_000)
  const secondsIn = (selector: Tags) => {
    const { phase = '', window = '' } = selector
    return stretches
      .filter(({ tags }) => matches(tags, { phase, window }))
      .reduce((sum, { from, to }) => sum + (to - from) / 1_000, 0)
  }
  return [
    ...aggregate.toSeries(secondsIn),
    {
      metric: 'checks',
      type: 'rate',
      unit: 'share',
      tags: { phase: 'baseline', window: 'baseline' },
      value: { kind: 'rate', trues: 1_999, total: 2_000 },
    },
  ]
}

/** Numbers in [0, 1), the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
