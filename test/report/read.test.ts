import { join } from 'node:path'
import test from 'ava'
import { UserError } from '../../lib/errors.ts'
import { parseReport, readReport } from '../../lib/report/index.ts'
import { clusterReport } from './cluster-fixture.ts'
import { fixtureReport } from './fixture.ts'
import { ownFolder } from './folder.ts'
import { recordedReport } from './recorded.ts'

const bad: Readonly<Record<string, readonly [text: string, message: string]>> = {
  'an empty file': ['', 'run.json is not a Squall report: it is not JSON (the file is empty).'],
  'other JSON': ['{"a":1}', 'run.json is not a Squall report: it has no "format": "squall-report".'],
  'JSON that is no object': ['null', 'run.json is not a Squall report: it has no "format": "squall-report".'],
  'a report of the future': [
    JSON.stringify({ ...fixtureReport(), version: 3 }),
    'run.json was made by a newer Squall, report version 3; this one reads up to 1.',
  ],
  'a report without a version': [
    JSON.stringify({ ...fixtureReport(), version: undefined }),
    'run.json is damaged: version is missing.',
  ],
  'a null where a number was': [
    JSON.stringify({ ...fixtureReport(), durationMs: null }),
    'run.json is damaged: durationMs is null instead of number.',
  ],
  'a part deep inside that is missing': [
    JSON.stringify({ ...fixtureReport(), faults: [{ ...fixtureReport().faults[0], targets: undefined }] }),
    'run.json is damaged: faults.0.targets is missing.',
  ],
}

for (const [what, [text, message]] of Object.entries(bad)) {
  test(`${what} is not taken for a report`, (t) => {
    const error = t.throws(() => parseReport(text, 'run.json'), { instanceOf: UserError })
    t.is(error.message, message)
    t.is(error.exitCode, 104)
  })
}

test('a histogram that was damaged is told of when the report is read, not when it is drawn', (t) => {
  const report = fixtureReport()
  const [index, whole] = report.series.flatMap(({ value }, at) =>
    value.kind === 'trend' ? [[at, value] as const] : [],
  )[0]!
  const half = whole.histogram.slice(0, whole.histogram.length / 2)
  const series = report.series.with(index, { ...report.series[index]!, value: { ...whole, histogram: half } })
  const damaged = t.throws(() => parseReport(JSON.stringify({ ...report, series }), 'run.json'), {
    instanceOf: UserError,
  })
  t.is(damaged.message, `run.json is damaged: series.${index}.value.histogram is no histogram.`)
  const ofOneSecond = { count: [1], p50: [1], p99: [1], p999: [1], max: [1] }
  for (const histogram of ['', 'AAAA', `X${whole.histogram.slice(1)}`]) {
    const trends = { e2e_latency: { ...ofOneSecond, histograms: [histogram] } }
    const timeline = { ...report.timeline, trends }
    const { message } = t.throws(() => parseReport(JSON.stringify({ ...report, timeline }), 'run.json'))!
    t.is(message, 'run.json is damaged: timeline.trends.e2e_latency.histograms.0 is no histogram.')
  }
})

test('each part that some output can not do without is missed when the report is read', async (t) => {
  const whole = JSON.stringify(await recordedReport('region-partitions'))
  const parts = [
    'environment.memoryBytes',
    'plan.options.env',
    'plan.script.sha256',
    'plan.topology.regions',
    'plan.topology.wideArea',
    'plan.thresholds.0.aggregation',
    'servers.0.sha256',
    'servers.0.logTail',
  ]
  t.notThrows(() => parseReport(whole, 'run.json'))
  for (const path of parts) {
    const report = JSON.parse(whole)
    const keys = path.split('.')
    const holder = keys.slice(0, -1).reduce((part, key) => part[key], report)
    t.not(holder[keys.at(-1)!], undefined, path)
    delete holder[keys.at(-1)!]
    t.throws(
      () => parseReport(JSON.stringify(report), 'run.json'),
      { instanceOf: UserError, message: /is damaged/ },
      path,
    )
  }
})

test('half a report', (t) => {
  const text = JSON.stringify(fixtureReport()).slice(0, 5_000)
  const error = t.throws(() => parseReport(text, 'run.json'), { instanceOf: UserError })
  t.regex(error.message, /^run\.json is not a Squall report: it is not JSON \(.+\)\.$/)
})

test('what a later Squall adds is let through', (t) => {
  const report = parseReport(JSON.stringify({ ...fixtureReport(), addedLater: { some: 'thing' } }), 'run.json')
  t.is(report.id, fixtureReport().id)
})

test('what was seen of the servers may be missing, and is checked where it is not', (t) => {
  const { observed, ...unwatched } = clusterReport()
  const read = (report: object) => parseReport(JSON.stringify(report), 'run.json')
  t.deepEqual(read({ ...unwatched, observed }).observed, JSON.parse(JSON.stringify(observed)))
  t.is(read(unwatched).observed, undefined)
  const damaged = { ...observed, quorum: { ORDERS: { ...observed!.quorum.ORDERS, spans: [{ to: 3 }] } } }
  const { message } = t.throws(() => read({ ...unwatched, observed: damaged }), { instanceOf: UserError })!
  t.is(message, 'run.json is damaged: observed.quorum.ORDERS.spans.0.from is missing.')
})

test('a missing file', async (t) => {
  const path = join(await ownFolder(t), 'run.json')
  const error = await t.throwsAsync(readReport(path), { instanceOf: UserError })
  t.is(error.message, `The report could not be read from ${path}: there is no such file (ENOENT).`)
})

test('a folder', async (t) => {
  const folder = await ownFolder(t)
  const error = await t.throwsAsync(readReport(folder), { instanceOf: UserError })
  t.is(error.message, `The report could not be read from ${folder}: it is a folder (EISDIR).`)
})
