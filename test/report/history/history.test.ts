import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { historyCommand } from '../../../lib/cli/history.ts'
import { UserError } from '../../../lib/errors.ts'
import {
  type HistoryOptions,
  historyJson,
  historyMarkdown,
  historyOf,
  historyRun,
  parseWanted,
  type Report,
  renderHistory,
  usualFigures,
  writeReport,
} from '../../../lib/report/index.ts'
import { runs } from '../builds.ts'
import { squall } from '../cli.ts'
import { fixtureReport } from '../fixture.ts'
import { ownFolder } from '../folder.ts'
import { hostile } from '../recorded.ts'

const p99 = [parseWanted('publish_latency{phase:baseline}')]

/** A build a day, `factor` times as slow as the fixture, with so many runs each. */
function days(factors: readonly number[], count = 4): Report[] {
  return factors.flatMap((factor, day) =>
    runs(`v1.${day}`, count, factor).map((report, index) => ({ ...report, startedAt: at(day, index) })),
  )
}

function at(day: number, minute = 0): string {
  return new Date(Date.UTC(2026, 10, 1 + day, 3, minute)).toISOString()
}

const of = (reports: readonly Report[], options: HistoryOptions = {}, wanted = p99) =>
  historyOf(
    reports.map((report) => historyRun(report, wanted)),
    options,
  )

const plain = { colour: false, width: 120, detailed: true }
const slower = days([1, 1.01, 0.99, 1, 1.2, 1.21, 1.19])

test('builds in the order of their first runs, and the one that is slower marked, in every output', (t) => {
  const history = of(slower.toReversed())
  const [line] = history.lines
  t.deepEqual(
    line!.builds.map(({ build }) => build),
    ['v1.0', 'v1.1', 'v1.2', 'v1.3', 'v1.4', 'v1.5', 'v1.6'],
  )
  t.deepEqual(
    line!.changes.map((change) => change.at),
    [4],
  )
  t.true(Math.abs(Math.expm1(line!.changes[0]!.shift) - 0.2) < 0.01)

  const shown = renderHistory(history, plain)
  t.regex(shown, /^quickstart\.ts: 7 builds, 28 runs, 1 change$/m)
  t.regex(shown, /^ {2}v1\.4 +2026-11-05 03:00 +4 .* ▲ \+\d\d\.\d% worse, p 0\.0/m)
  t.is(shown.match(/▲ \+/g)!.length, 1)
  t.is(shown.match(/●/g)!.length, 7, 'a median of each build is plotted')
  t.true(shown.split('\n').every((text) => text.length <= 120))
  t.regex(renderHistory(history, { ...plain, unicode: false }), /^[\x20-\x7e\n]*$/)
  t.regex(
    renderHistory(history, { ...plain, detailed: false }),
    /publish_latency p99 · baseline +7 .*[▁-█]{7} +▲ v1\.4 \+.*worse/,
  )
  t.regex(historyMarkdown(history, plain), /^\| v1\.4 \| .*\| ▲ \+.* worse, p .* \|$/m)
  const { lines } = JSON.parse(historyJson(history))
  t.is(lines[0].changes[0].build, 'v1.4')
  t.is(lines[0].changes[0].after, 'v1.3')
  t.is(lines[0].changes[0].is, 'worse')
  t.is(lines[0].builds.length, 7)
  t.is(lines[0].builds[0].values.length, 4)
})

test('more is better where it is, and what changes by less than matters is not marked', (t) => {
  const words = (reports: readonly Report[], options?: HistoryOptions) => {
    const [line] = JSON.parse(historyJson(of(reports, options))).lines
    return line.changes.map((change: { is: string }) => change.is)
  }
  t.deepEqual(words(days([1, 1, 1, 1, 0.7, 0.7, 0.7])), ['better'])
  t.deepEqual(words(slower, { leastChange: 0.3 }), [])
})

test('by label, numbers in it count as numbers', (t) => {
  const labels = ['v1.10', 'v1.9', 'v1.2']
  const reports = labels.flatMap((label, day) => runs(label, 2, 1).map((report) => ({ ...report, startedAt: at(day) })))
  const builds = (options: HistoryOptions) => of(reports, options).lines[0]!.builds.map(({ build }) => build)
  t.deepEqual(builds({}), labels)
  t.deepEqual(builds({ order: 'label' }), ['v1.2', 'v1.9', 'v1.10'])
})

test('what is not comparable is left out, and said', (t) => {
  const { plan, environment, result, servers } = fixtureReport()
  const other = (label: string, changes: Partial<Report>) =>
    runs(label, 2, 9, { startedAt: at(20), ...changes }).map((one) => ({ ...one, id: `${one.id} ${label}` }))
  const history = of([
    ...slower,
    ...other('another', { plan: { ...plan, script: { ...plan.script, sha256: 'cd' } } }),
    ...other('elsewhere', { environment: { ...environment, hostname: 'bench-2' } }),
    ...other('busy', { result: { ...result, verdict: 'invalid' } }),
    slower[0]!,
    ...other('v1.6', { servers: [{ ...servers[0]!, sha256: 'ef'.repeat(32), version: '9.9.9' }], startedAt: at(1) }),
  ])
  t.is(history.builds, 7)
  t.is(history.runs, 28)
  t.deepEqual(
    history.leftOut.map((sentence) => sentence.replace(/ \(sha256 \w{12}\)/g, '')),
    [
      'Left out: 1 report of runs that are there already.',
      'Left out: 2 runs that ended INVALID, of build busy.',
      'Left out: 2 runs of build another: they differ in scenario script (sha256).',
      'Left out: 2 runs of build elsewhere: they differ in host.',
      'Left out: 2 runs of build v1.6 with 9.9.9 instead of 2.15.2.',
    ],
  )
  t.regex(renderHistory(history, plain), /they differ in host/)
})

test('builds without a figure are named: its line ends before them', (t) => {
  const reports = days([1, 1, 1], 1)
  const newest = reports[2]!
  const without = { ...newest, series: newest.series.filter(({ metric }) => metric !== 'publish_latency') }
  const history = of([...reports.slice(0, 2), without], {}, [...p99, parseWanted('publish_acked{phase:baseline}')])
  t.deepEqual(
    history.lines.map(({ builds }) => builds.length),
    [2, 3],
  )
  t.deepEqual(history.leftOut, ['None in build v1.2: publish_latency p99 · baseline.'])
  t.regex(renderHistory(history, plain), /None in build v1\.2: publish_latency p99 · baseline\./)
})

test('one build, and too few runs, are shown with what is missing', (t) => {
  t.regex(renderHistory(of(days([1])), plain), /There is one build: a change takes a second\./)
  t.regex(renderHistory(of(days([1, 2], 2)), plain), /Too few runs to show any change/)
  t.notRegex(renderHistory(of(days([1, 2], 4)), plain), /Too few/)
})

test('hostile build names are shown and never run, and move no cursor', (t) => {
  const reports = slower.map((report) =>
    report.build.label === 'v1.4' ? { ...report, build: { label: `${hostile}\u001b[2J` } } : report,
  )
  for (const detailed of [true, false]) {
    const view = { ...plain, detailed }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    t.notRegex(renderHistory(of(reports), view), /[\u0000-\u0009\u000b-\u001f]/)
    t.true(
      renderHistory(of(reports), view)
        .split('\n')
        .every((text) => text.length <= 120),
    )
    t.notRegex(historyMarkdown(of(reports), view), /[^\\]<(script|img)/)
  }
  t.true(JSON.parse(historyJson(of(reports))).lines[0].builds[4].build.startsWith(hostile))
})

test('the usual figures: those that any run has, without counts that are always 0', (t) => {
  const { lines } = of(slower, {}, [...usualFigures])
  const metrics = new Set(lines.map(({ figure }) => figure.definition.name))
  t.true(metrics.has('publish_latency'))
  t.true(metrics.has('publish_indeterminate'))
  t.false(metrics.has('duplicates'))
})

test('the command: folders, files, and what is neither', async (t) => {
  const folder = await ownFolder(t)
  await mkdir(join(folder, 'store', 'nightly'), { recursive: true })
  await mkdir(join(folder, 'empty'))
  for (const report of slower) await writeReport(report, join(folder, 'store', 'nightly', `${report.id}.json`))
  await writeFile(join(folder, 'store', 'state.json'), '{"format":"squall-duel"}')
  const store = join(folder, 'store')
  const metric = ['--metric', 'publish_latency{phase:baseline}']

  const found = await squall('history', store, ...metric)
  t.is(found.code, 0, found.stderr)
  t.regex(found.stdout, /v1\.4 .* ▲ \+/)
  const json = await squall('history', store, '--json')
  t.is(JSON.parse(json.stdout).builds, 7)

  const whole = await readFile(join(store, 'nightly', 'v1.0-0.json'), 'utf8')
  const file = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }
  const bad: [readonly string[], RegExp][] = [
    [[join(folder, 'empty')], /^There is no report in .*empty\.$/],
    [[join(folder, 'gone')], /^Reports could not be read from .*gone: there is no such file \(ENOENT\)\.$/],
    [[store, '--metric', 'nothing'], /^There is no metric nothing in these reports\.$/],
    [[store, '--metric', 'checks:p99'], /^checks has no p99: it is a rate\.$/],
    [[store, '--metric', 'publish_latency{phase:nowhere}'], /^No phase of these runs has such a figure\.$/],
    [[await file('none.json', '')], /is not JSON \(the file is empty\)\.$/],
    [[await file('cut.json', whole.slice(0, 5_000))], /is not a Squall report: it is not JSON/],
    [[await file('other.json', '{"a":1}')], /is not a Squall report: it has no "format"/],
    [[await file('newer.json', whole.replace('"version":1', '"version":99'))], /newer Squall, report version 99/],
  ]
  for (const [args, sentence] of bad) {
    const error = await t.throwsAsync(historyCommand().parseAsync([...args], { from: 'user' }), {
      instanceOf: UserError,
    })
    t.is(error.exitCode, 104)
    t.regex(error.message, sentence)
  }
  // Among good ones.
  await writeFile(join(store, 'cut.json'), whole.slice(0, 5_000))
  const { hint } = (await t.throwsAsync(historyCommand().parseAsync([store], { from: 'user' }), {
    instanceOf: UserError,
    message: /cut\.json is not a Squall report/,
  }))!
  t.is(hint, 'Take it out of the folder, or name the reports, to do without it.')
})
