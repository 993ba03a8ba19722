import test from 'ava'
import { XMLValidator } from 'fast-xml-parser'
import { outputs, renderSummary } from '../../lib/report/index.ts'
import { textWidth } from '../../lib/report/terminal/text.ts'
import { readOpenMetrics } from './openmetrics.ts'
import { recordedReport, recordings } from './recorded.ts'

for (const name of recordings) {
  test(`${name}: the summary fits 80 columns and loses no row`, async (t) => {
    const report = await recordedReport(name)
    const narrow = renderSummary(report, { colour: false, width: 80 }).split('\n')
    t.deepEqual(
      narrow.filter((line) => textWidth(line) > 80),
      [],
    )
    for (const { id } of report.faults)
      t.true(
        narrow.some((line) => line.includes(id)),
        id,
      )
    for (const { selector } of report.thresholds) {
      t.true(
        narrow.some((line) => line.includes(selector.slice(0, 20))),
        selector,
      )
    }
  })

  test(`${name}: every output can be made, and what has rules is by them`, async (t) => {
    const report = await recordedReport(name)
    const made = new Map<string, string>()
    for (const output of outputs) {
      if (output.name === 'hgrm' || output.name === 'hlog') continue
      made.set(output.name, await output.make(report))
    }
    t.true(Buffer.byteLength(made.get('html')!) < 1e6)
    t.is(XMLValidator.validate(made.get('junit')!), true)
    const samples = readOpenMetrics(made.get('openmetrics')!)
    t.true([...samples].filter(([, { type }]) => type === 'counter').length > 20)
    t.true(made.get('markdown')!.startsWith('## PASSED'))
    const { metrics } = JSON.parse(made.get('k6')!)
    t.deepEqual(Object.keys(metrics.iteration_duration), ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'])
    t.true(metrics.iterations.count > 0 && metrics.iterations.rate > 0)
  })
}

test('what k6 knows by another name has that name', async (t) => {
  const report = await recordedReport('rolling-restart')
  const { metrics } = JSON.parse(String(await outputs.find(({ name }) => name === 'k6')!.make(report)))
  const requests = report.series.flatMap(({ metric, value }) =>
    metric === 'http_requests' && value.kind === 'counter' ? [value.count] : [],
  )
  t.is(
    metrics.http_reqs.count,
    requests.reduce((sum, count) => sum + count, 0),
  )
  t.false('http_requests' in metrics)
})
