import test from 'ava'
import type { Column } from '../../../lib/report/tables/column.ts'
import { failoverRemarks } from '../../../lib/report/tables/failover.ts'
import { metaAbsence } from '../../../lib/report/tables/meta-absence.ts'
import { lostLinks, regionCutColumns, regionCutRows } from '../../../lib/report/tables/region-cuts.ts'
import { regionPairColumns, regionPairRows } from '../../../lib/report/tables/region-pairs.ts'
import { regionColumns, regionRows } from '../../../lib/report/tables/regions.ts'
import { throughputRows } from '../../../lib/report/tables/throughput.ts'
import { clusterReport } from '../cluster-fixture.ts'
import { regionsReport } from '../regions-fixture.ts'

function texts<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return rows.map((row) => columns.map((column) => column.text(row)).join(' | '))
}

test('each region by phase and kind of window: its own rate, what did not end well, latency, and how connected it was', (t) => {
  const rows = regionRows(regionsReport())
  t.deepEqual(texts(regionColumns(rows), rows), [
    'a faults | 150 | 150 | 750 | 0 | 0 | 0 | 4ms | 4ms | 100%',
    '└ fault | 150 | 150 | 750 | 0 | 0 | 0 | 9ms | 9ms | 0%',
    'b faults | 50 | 50 | 250 | 0 | 0 | 0 | 4ms | 4ms | 100%',
    '└ fault | 50 | 50 | 250 | 0 | 0 | 0 | 9ms | 9ms | 0%',
  ])
  t.deepEqual(regionRows(clusterReport()), [])
  const answered = { ...rows[0]!, near: 0.75 }
  t.is(
    regionColumns([answered])
      .find(({ title }) => title === 'near answers')
      ?.text(answered),
    '75%',
  )
})

test('rates of regions are no rates of the run', (t) => {
  t.deepEqual(throughputRows('publish_throughput', regionsReport()), [])
})

test('two regions: how long they were apart, and the round trip as planned and as measured in calm windows', (t) => {
  const report = regionsReport()
  t.deepEqual(texts(regionPairColumns(report), regionPairRows(report)), [
    'a-b | 85% | 1 | 6s | 6s | 80ms±10ms | 81ms | 81ms',
  ])
})

test('a cut as planned, as it was and as it was felt', (t) => {
  const rows = regionCutRows(regionsReport())
  t.deepEqual(texts(regionCutColumns(rows), rows), [
    'cut-b#1 | a-b | 5s | 5.04s | 5.9s | 1.2s | 870ms | >9s | 1,234 | 2.3s',
  ])
  t.deepEqual(lostLinks(rows), [])
})

test('regions that do not find each other within five minutes of the heal need somebody', (t) => {
  t.deepEqual(lostLinks(regionCutRows(regionsReport(301_000))), [])
  const [remark] = lostLinks(regionCutRows(regionsReport(310_000)))
  t.is(
    remark!.text,
    'manual intervention: no message crossed between a-b for 5m10s, though cut-b#1 was over after 5.04s: look at the links between their servers',
  )
})

test('gateways: the absence of the one meta leader is said with what it means; elsewhere groups lose quorum as ever', (t) => {
  t.regex(
    metaAbsence(regionsReport())[0]!.text,
    /^_meta_ had no leader with a majority for 6s of 40s, 1 time \(15s to 21s\)/,
  )
  t.regex(
    metaAbsence({ ...regionsReport(), durationMs: 18_000 })[0]!.text,
    /^_meta_ had no leader with a majority for 6s, 1 time \(15s to 21s; the load ended at 18s\)/,
  )
  t.deepEqual(metaAbsence(clusterReport()), [])
})

test('clients that were elsewhere are told with where, when, for how long, and what was acked from there', (t) => {
  const report = regionsReport()
  const { topology } = report.plan
  if (topology.kind !== 'regions') return t.fail()
  const [first, ...others] = topology.regions
  const event = (at: number, kind: 'connect' | 'reconnect' | 'disconnect', detail: string) =>
    ({ at, kind, detail, client: 'publisher a' }) as const
  const away = {
    ...report,
    plan: { ...report.plan, topology: { ...topology, regions: [{ ...first!, failover: ['b'] }, ...others] } },
    events: [event(0, 'connect', 'a1'), event(2_000, 'disconnect', 'a1'), event(2_300, 'reconnect', 'b1')],
    series: [
      {
        metric: 'failover_acks',
        type: 'counter' as const,
        unit: 'count' as const,
        tags: { phase: 'faults', window: 'fault', region: 'a' },
        value: { kind: 'counter' as const, count: 1_234, rate: 1 },
      },
    ],
  }
  const back = { ...away, events: [...away.events, event(5_300, 'disconnect', 'b1'), event(5_600, 'reconnect', 'a1')] }
  t.deepEqual(
    failoverRemarks(back).map(({ text }) => text),
    ['publisher a, of region a, was on b1 from 2.3s for 3s: 1,234 acked from there'],
  )
  t.regex(failoverRemarks(away)[0]!.text, /was on b1 from 2.3s for \d/)
  t.deepEqual(failoverRemarks(report), [])
})
