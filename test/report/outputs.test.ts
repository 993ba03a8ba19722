import test from 'ava'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { decodeFromCompressedBase64, HistogramLogReader } from 'hdr-histogram-js'
import { formatDuration } from '../../lib/measure/index.ts'
import { outputs, type Report, renderOpenMetrics } from '../../lib/report/index.ts'
import { fixtureReport } from './fixture.ts'
import { readOpenMetrics } from './openmetrics.ts'
import { hostile, madeHostile, recordedReport } from './recorded.ts'

const make = (name: string, report: Report, select?: { metric: string; tags: Record<string, string> }) =>
  outputs.find((output) => output.name === name)!.make(report, select)

/** The percentiles of a phase's baseline, straight from report.json. */
function baseline(report: Report) {
  const { value } = report.series.find(
    ({ metric, tags }) => metric === 'publish_latency' && tags.phase === 'baseline' && tags.window === 'baseline',
  )!
  if (value.kind !== 'trend') throw new Error('a latency is a trend')
  return value
}

test('every output tells the same numbers as report.json', async (t) => {
  const report = await recordedReport()
  const { percentiles, max, count } = baseline(report)
  const p99 = percentiles.p99!

  const row = (await make('markdown', report)).split('\n').find((line) => line.startsWith('| baseline |'))!
  const cells = row.split('|').map((cell) => cell.trim())
  for (const value of [percentiles.p50!, percentiles.p90!, p99, percentiles['p99.9']!, max]) {
    t.true(cells.includes(formatDuration(value)), formatDuration(value))
  }

  const page = await make('html', report)
  t.true(page.includes(`<td class="right">${formatDuration(p99)}</td>`))

  const metrics = await make('openmetrics', report)
  const line = metrics
    .split('\n')
    .find((one) =>
      one.startsWith('squall_publish_latency_seconds{phase="baseline",window="baseline",quantile="0.99"}'),
    )!
  t.is(Number(line.split(' ').at(-1)) * 1_000, p99)
  const trend = report.series.find(({ value, unit }) => value.kind === 'trend' && unit === 'time')!
  const counter = report.series.find(({ value }) => value.kind === 'counter')!
  const clashing = [
    { ...trend, metric: 'batch' },
    { ...trend, metric: 'batch_seconds' },
    { ...counter, metric: 'batch_seconds_count' },
  ]
  for (const series of [clashing, clashing.toReversed()]) {
    const exposed = readOpenMetrics(await make('openmetrics', { ...report, series }))
    t.is([...exposed.keys()].filter((key) => /_(count|total)\{/.test(key)).length, 3)
  }
  // The types that the older text format has too: Pushgateway and the node exporter's text files read that one.
  const types = new Set([...metrics.matchAll(/^# TYPE \S+ (\w+)$/gm)].map(([, type]) => type))
  t.deepEqual([...types].sort(), ['counter', 'gauge', 'summary'])
  t.true(metrics.includes(`squall_publish_latency_seconds_count{phase="baseline",window="baseline"} ${count}\n`))

  const hgrm = await make('hgrm', report, {
    metric: 'publish_latency',
    tags: { phase: 'baseline', window: 'baseline' },
  })
  t.regex(hgrm, new RegExp(`Total count += +${count}\\]`))

  const { metrics: k6 } = JSON.parse(await make('k6', report))
  t.is(k6.publish_acked.count, report.ledger!.acked)
  t.is(
    k6.publish_latency.max,
    Math.max(
      ...report.series.flatMap(({ metric, value }) =>
        metric === 'publish_latency' && value.kind === 'trend' ? [value.max] : [],
      ),
    ),
  )
  t.is(k6.recovery_time.thresholds['max < 60s'], false, 'k6 says true of a threshold that was crossed')
  const tagged = report.thresholds.filter(({ selector }) => selector.includes('{'))
  t.true(tagged.length > 0)
  for (const { selector, expression, passed, observed } of tagged) {
    t.is(k6[selector].thresholds[expression], !passed, selector)
    if (expression.startsWith('p99 ')) t.is(k6[selector]['p(99)'], observed)
  }
  const unseen = { selector: 'http_requests{phase:nowhere}', expression: 'count > 0', passed: false, samples: 0 }
  const without = JSON.parse(await make('k6', { ...report, thresholds: [unseen] }))
  t.deepEqual(without.metrics['http_reqs{phase:nowhere}'], { thresholds: { 'count > 0': true } })

  const rows = (await make('ndjson', report))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.is(rows.length, report.timeline.at.length)
  t.is(
    rows.reduce((sum, { publish_acked }) => sum + publish_acked, 0),
    report.ledger!.acked,
  )
  const [head, ...body] = (await make('csv', report))
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  t.deepEqual(
    body.map((cells) => Number(cells[head!.indexOf('publish_acked')])),
    rows.map(({ publish_acked }) => publish_acked),
  )
})

test('an interval log is read back by HdrHistogram’s own reader, interval by interval', async (t) => {
  const report = await recordedReport()
  const reader = new HistogramLogReader(await make('hlog', report))
  const counts: Record<string, number> = {}
  let first: number | undefined
  for (let histogram = reader.nextIntervalHistogram(); histogram; histogram = reader.nextIntervalHistogram()) {
    first ??= histogram.startTimeStampMsec
    counts[histogram.tag] = (counts[histogram.tag] ?? 0) + histogram.totalCount
  }
  const samples = report.series.flatMap(({ metric, value }) =>
    metric === 'publish_latency' && value.kind === 'trend' ? [value.count] : [],
  )
  t.is(
    counts.publish_latency,
    samples.reduce((sum, count) => sum + count, 0),
  )
  t.is(Math.round(first!), Date.parse(report.startedAt))
})

test('a percentile distribution is that of the report’s histogram', async (t) => {
  const report = await recordedReport()
  const { histogram } = baseline(report)
  const expected = decodeFromCompressedBase64(histogram)
  const text = await make('hgrm', report, {
    metric: 'publish_latency',
    tags: { phase: 'baseline', window: 'baseline' },
  })
  const rows = text
    .split('\n')
    .filter((line) => /^ +[\d.]+ [\d.]+ +\d+ +[\d.]+$/.test(line))
    .map((line) => line.trim().split(/ +/).map(Number))
  t.true(rows.length > 20)
  for (const [value, share] of rows) {
    t.true(Math.abs(value! * 1_000 - expected.getValueAtPercentile(share! * 100)) <= 1, `${share}`)
  }
})

test('a distribution of what has no samples says what there is', async (t) => {
  const report = await recordedReport()
  const error = await t.throwsAsync(async () =>
    make('hgrm', report, { metric: 'publish_latency', tags: { phase: 'nowhere' } }),
  )
  t.regex(error!.message, /publish_latency has no samples that match; trends in this report are .*e2e_latency/)
})

test('JUnit counts what failed and says why', async (t) => {
  const report = fixtureReport()
  const text = await make('junit', report)
  t.is(XMLValidator.validate(text), true)
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(text)
  const failed = report.thresholds.filter(({ passed }) => !passed).length
  const suites: { name: string; tests: string; failures: string; testcase: unknown }[] = testsuites.testsuite
  const thresholds = suites.find(({ name }) => name.endsWith('thresholds'))!
  t.is(Number(thresholds.tests), report.thresholds.length)
  t.is(Number(thresholds.failures), failed)
  const messages = [...text.matchAll(/failure message="([^"]*)"/g)].map(([, message]) => message)
  t.true(messages.some((message) => /must be .*, was /.test(message!)))
})

test('JUnit has what services did by their effects, and what they kept', async (t) => {
  const report = await recordedReport('rolling-restart')
  const names = [...(await make('junit', report)).matchAll(/ledger" name="([^"]*)"\/>/g)].map(([, name]) => name)
  t.true(names.includes('each request that service router accepted has one effect in ROUTED'), names.join())
  t.true(names.includes('service router kept its state over restarts'), names.join())
  const ledger = {
    ...report.ledger!,
    effects: report.ledger!.effects!.map((one) => ({
      ...one,
      missing: 9,
      missingExamples: ['r1', 'r2', 'r3', 'r4', 'r5', 'r6'],
    })),
  }
  const lost = await make('junit', { ...report, ledger })
  t.regex(lost, /one effect in ROUTED"><failure message="9 without: r1; r2; r3; r4; r5; and 4 more"/)
})

test('hostile names are one value in every output', async (t) => {
  const report = madeHostile(await recordedReport())
  const junit = await make('junit', report)
  t.is(XMLValidator.validate(junit), true)
  const rows = (await make('ndjson', report))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.true(rows.some(({ phase }) => phase === hostile))
  const markdown = await make('markdown', report)
  t.notRegex(markdown, /[^\\]<img/)
  const widths = new Set(
    markdown
      .split('\n')
      .filter((line) => /^\| (baseline|\\<\/script|└)/.test(line))
      .map((line) => line.replace(/\\\|/g, '').split('|').length),
  )
  t.is(widths.size, 3, 'publish, end-to-end and throughput rows each have one number of cells')
  const csv = await make('csv', report)
  t.true(csv.includes(`"${hostile.replaceAll('"', '""')}"`))
  t.true(readOpenMetrics(await make('openmetrics', report)).size > 100)
  t.notThrows(() => JSON.parse(String(make('k6', report))))
  t.notRegex(String(make('hlog', report)), /<script/)
})

test('OpenMetrics is by its rules whatever a script calls its tags; a live run has no verdict', async (t) => {
  const report = await recordedReport()
  const own = { '1st': 'a', 'in-out': 'b', in_out: 'c', quantile: 'd', __name__: 'e', '': 'f' }
  const series = report.series.map((one) => ({ ...one, tags: { ...one.tags, ...own } }))
  const samples = [...readOpenMetrics(renderOpenMetrics({ ...report, series }, { live: true })).keys()]
  t.true(samples.some((name) => /tag1st="a".*tag__name__="e"/.test(name)))
  const latency = samples.find((name) => name.startsWith('squall_publish_latency_seconds{'))!
  for (const label of ['in_out="b"', 'in_out_="c"', 'quantile_="d"', 'quantile="0.5"', 'tag="f"']) {
    t.true(latency.includes(label), label)
  }
  t.false(samples.some((name) => name.includes('verdict=')))
  t.true([...readOpenMetrics(renderOpenMetrics(report)).keys()].some((name) => name.includes('verdict="passed"')))
})

for (const [what, wrong, rule] of [
  ['a sample before its family', 'squall_a_total 1', 'a sample of'],
  ['a counter without its suffix', '# TYPE squall_a counter\nsquall_a 1', 'a sample of'],
  ['a family in two places', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x="1"} 1', 'stand together'],
  ['a negative counter', '# TYPE a counter\na_total -1', 'not negative'],
  ['a sample twice', '# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 1', 'stands once'],
  ['a unit that the name does not have', '# TYPE a gauge\n# UNIT a seconds\na 1', 'ends with its unit'],
  ['a label twice', '# TYPE a gauge\na{x="1",x="2"} 1', 'labels'],
] as const) {
  test(`what reads OpenMetrics here refuses ${what}`, (t) => {
    const error = t.throws(() => readOpenMetrics(`${wrong}\n# EOF\n`))
    t.true(error!.message.includes(rule), error!.message)
  })
}
