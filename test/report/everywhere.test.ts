import test from 'ava'
import type { EffectsLedger } from '../../lib/load/index.ts'
import { outputs, type Report, renderSummary, type ServiceRecord } from '../../lib/report/index.ts'
import { clusterReport, outages } from './cluster-fixture.ts'
import { steady } from './fixture.ts'
import { regionsReport } from './regions-fixture.ts'

/** The summary's sentences and numbers, in a run in which everything happened that it has words for. */
const said = [
  'manual intervention needed: ORDERS without quorum since 30s; n2 down since 30s',
  'manual intervention needed, had the faults not been healed: ORDERS without quorum from 10s to 12s, n2, n3 down; start n2, n3',
  'n1 may leak open files: 400 at the end, 20 before the faults; up to 30 is not called a leak',
  'island#1 on n1-n2, n2-n1: 2 routes gone in 1.2s',
  'slow#9: it could not be healed',
  'planned for 5s, in force for 2.85s',
  'manual intervention: island#1 lasted long',
  'n1, n2 | n3',
  'billing: lost: publisher 1 message 77',
  'ORDERS: 2 messages are gone',
  'lost: publisher 1 message 42',
  'noticed … new leader: since its start',
  'order_value',
  '99.95% 1,999 of 2,000',
  'iteration_errors',
  'faults: iterations started 1.4ms late at p99; latency from intended start includes that',
  'a warning of the run',
  'clients saw 1 disconnect, 1 reconnect',
  '6,800 acked',
  'EU → COPY',
  'EU → COPY → far',
  'EU → COPY: 1 message went astray',
  'EU → COPY: lost: publisher 1 message 12, sequence 9 of EU',
  'EU → COPY: still queued: publisher 1 message 13, sequence 10 of EU',
  'at least 1 of 2 active at all times, behind HAProxy',
  'manual intervention needed: router-2 ended by itself (SIGKILL) 6 times and is not started again',
  'the last that it said',
  'router: state not kept over restarts; routes, ROUTED read 14 times, and 1 time not all could be read',
  'routes: k3 went back from 57 to 2, after router-1 was restarted',
  'router: its state could not be read at the end: no server',
  'router: 1,000 accepted · 998 effects in ROUTED · 2 missing · 0 doubled',
  'k4: a number was given twice',
  'the drain did not finish: what counts as lost may still have been on its way',
]

function eventful(drained: boolean): Report {
  const quorum = { _meta_: steady, ORDERS: outages([10, 12], [30]) }
  const report = clusterReport({
    quorum,
    availability: { n1: steady, n2: outages([30]), n3: steady },
    interventions: [{ group: 'ORDERS', from: 10_000, to: 12_000, down: ['n2', 'n3'], whatToDo: 'start n2, n3' }],
    leaks: [{ process: 'n1', resource: 'fds', baseline: 20, recovery: 400, limit: 30 }],
  })
  const [first, second] = report.faults
  const [stream] = report.ledger!.streams
  const lost = { publisher: 1, sequence: 42, streamSequence: 40 }
  return {
    ...report,
    warnings: ['a warning of the run'],
    faults: [
      { ...first!, id: 'slow#9', error: 'it could not be healed' },
      {
        ...second!,
        id: 'island#1',
        targets: ['n1-n2', 'n2-n1'],
        parts: 'n1, n2 | n3',
        proof: '2 routes gone in 1.2s',
        plannedMs: 5_000,
        intervention: 'island#1 lasted long',
      },
    ],
    series: [
      ...report.series,
      {
        metric: 'iteration_errors',
        type: 'counter',
        unit: 'count',
        tags: { phase: 'baseline', window: 'baseline' },
        value: { kind: 'counter', count: 4, rate: 0.4 },
      },
    ],
    services: [router],
    ledger: {
      ...report.ledger!,
      drained,
      effects: [routed],
      state: { differences: ['k4: a number was given twice'], count: 1 },
      consumers: report.ledger!.consumers.map((one) => ({
        ...one,
        lost: 1,
        lostExamples: [{ publisher: 1, sequence: 77, streamSequence: 70 }],
      })),
      streams: [{ ...stream!, verdict: 'fail', lost: 2, notes: ['2 messages are gone'], examples: { lost: [lost] } }],
      paths: [
        {
          path: ['EU', 'COPY'],
          copies: 'mirror',
          verdict: 'fail',
          readToEnd: true,
          notes: ['1 message went astray'],
          offered: 20,
          copied: 18,
          lost: 1,
          lostByWindow: [],
          queued: 1,
          duplicate: 0,
          outOfOrder: 0,
          unexpected: 0,
          outlived: 0,
          consumers: [{ consumer: 'far', expected: 20, received: 18, neverConsumed: 0 }],
          examples: {
            lost: [{ publisher: 1, sequence: 12, originSequence: 9 }],
            queued: [{ publisher: 1, sequence: 13, originSequence: 10 }],
          },
        },
      ],
    },
  }
}

/** The same of regions. */
const saidOfRegions = [
  'a faults',
  'rtt planned',
  '80ms±10ms',
  '_meta_ had no leader with a majority for 6s of 40s',
  'silent: longest time without a message crossing',
  'manual intervention: no message crossed between a-b for 5m10s',
  '1,234',
]

const instance = { activeShare: 0.5, restarts: 1, crashes: 0, logTail: ['the last that it said'] }
const router: ServiceRecord = {
  name: 'router',
  balancer: 'haproxy',
  leastActive: 1,
  instances: [
    { ...instance, name: 'router-1', answered: 998 },
    {
      ...instance,
      name: 'router-2',
      trouble: 'router-2 ended by itself (SIGKILL) 6 times and is not started again',
    },
  ],
  state: {
    buckets: ['routes'],
    streams: ['ROUTED'],
    looks: 14,
    failedLooks: 1,
    differences: ['routes: k3 went back from 57 to 2, after router-1 was restarted'],
    count: 1,
    unread: 'no server',
  },
}
const routed: EffectsLedger = {
  service: 'router',
  stream: 'ROUTED',
  accepted: 1_000,
  seen: 998,
  missing: 2,
  doubled: 0,
  unexpected: 0,
  missingExamples: ['a-1', 'a-2'],
  doubledExamples: [],
  unexpectedExamples: [],
  settled: true,
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}
const shown: Readonly<Record<string, (report: Report) => Promise<string>>> = {
  terminal: async (report) => renderSummary(report, { colour: false, width: 100 }),
  html: async (report) =>
    (await make('html', report))
      .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/&\w+;|&#39;/g, (entity) => entities[entity] ?? entity),
  markdown: async (report) => (await make('markdown', report)).replace(/\\(.)/g, '$1'),
}

function make(name: string, report: Report) {
  return outputs.find((output) => output.name === name)!.make(report)
}

for (const [name, show] of Object.entries(shown)) {
  test(`${name} has everything that the summary has`, async (t) => {
    const [drained, open] = await Promise.all([show(eventful(true)), show(eventful(false))])
    const text = `${drained} ${open}`.replace(/\s+/g, ' ')
    t.deepEqual(
      said.filter((sentence) => !text.includes(sentence)),
      [],
    )
  })

  test(`${name} has everything that the summary has of regions`, async (t) => {
    const text = (await show(regionsReport(310_000))).replace(/\s+/g, ' ')
    t.deepEqual(
      saidOfRegions.filter((sentence) => !text.includes(sentence)),
      [],
    )
  })
}
