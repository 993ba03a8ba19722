import test from 'ava'
import { headlines } from '../../../lib/report/tables/latency.ts'
import { phaseRows } from '../../../lib/report/tables/phases.ts'
import { fixtureReport } from '../fixture.ts'

test('a phase is known by the operation that the script has, whichever it is, and by all that went wrong with it', (t) => {
  const report = fixtureReport()
  const phase = report.phases[0]!.name
  const counts = ['publish_failed', 'publish_indeterminate'].map((metric) => ({
    metric,
    type: 'counter' as const,
    unit: 'count' as const,
    tags: { phase, window: 'baseline' },
    value: { kind: 'counter' as const, count: 7, rate: 1 },
  }))
  const published = { ...report, series: [...report.series, ...counts] }
  const expected = phaseRows(published)
  t.true(expected.some(({ latency }) => latency !== undefined))
  t.true(expected[0]!.failed >= 7 && expected[0]!.indeterminate >= 7)
  for (const operation of ['request', 'http']) {
    t.true(headlines.some(({ metric }) => metric === `${operation}_latency`))
    const series = published.series.map((one) => ({ ...one, metric: one.metric.replace(/^publish_/, `${operation}_`) }))
    t.deepEqual(phaseRows({ ...published, series }), expected, operation)
  }
})
