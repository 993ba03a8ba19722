import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { UserError } from '../../../lib/errors.ts'
import { windowLabel } from '../../../lib/measure/index.ts'
import {
  compare,
  comparisonJson,
  comparisonMarkdown,
  overall,
  parseWanted,
  type Report,
  renderComparison,
  writeReport,
} from '../../../lib/report/index.ts'
import { runs } from '../builds.ts'
import { squall } from '../cli.ts'
import { fixtureReport } from '../fixture.ts'
import { ownFolder } from '../folder.ts'
import { hostile } from '../recorded.ts'

const wanted = [parseWanted('publish_latency{phase:baseline}')]

test('a slower build regressed, a faster one improved, the same one is the same', (t) => {
  const base = runs('one', 6, 1)
  const slower = compare(base, runs('two', 6, 1.1), { wanted })
  t.is(overall(slower), 'REGRESSED')
  t.is(slower.rows.length, 1)
  t.true(Math.abs(Math.expm1(slower.rows[0]!.judgement.shift.estimate) - 0.1) < 0.005)
  t.is(overall(compare(base, runs('two', 6, 0.8), { wanted })), 'IMPROVED')
  t.is(overall(compare(base, runs('two', 6, 1), { wanted })), 'SAME')
  const shown = renderComparison(slower, { colour: false, width: 140 })
  t.regex(shown, /^REGRESSED: one \(6 runs\) → two \(6 runs\)$/m)
  t.regex(shown, /publish_latency p99 · baseline +6\+6 .*\+10\.\d%.*REGRESSED/)
})

test('five runs a side describe and do not judge', (t) => {
  const few = compare(runs('one', 5, 1), runs('two', 5, 2), { wanted })
  t.is(overall(few), undefined)
  t.regex(renderComparison(few, { colour: false, width: 140 }), /Fewer than 6 runs on a side/)
})

test('what is not comparable is refused with the reason, and compared when forced', (t) => {
  const base = runs('one', 6, 1)
  const { plan, environment, result } = fixtureReport()
  const rate = plan.phases.map((phase) => ({
    ...phase,
    executor: { kind: 'rate' as const, rate: 9, arrival: 'constant' as const },
  }))
  const others: [RegExp, Partial<Report>][] = [
    [/scenario script/, { plan: { ...plan, script: { ...plan.script, sha256: 'cd' } } }],
    [/time scale/, { plan: { ...plan, options: { ...plan.options, timeScale: 2 } } }],
    [/rates/, { plan: { ...plan, phases: rate } }],
    [/host .*bench-1.*bench-2/, { environment: { ...environment, hostname: 'bench-2' } }],
    [/driver .*process.*netns/, { environment: { ...environment, driver: 'netns' } }],
    [/INVALID/, { result: { ...result, verdict: 'invalid' } }],
  ]
  for (const [reason, changes] of others) {
    const head = runs('two', 6, 1, changes)
    t.throws(() => compare(base, head, { wanted }), { message: reason, name: 'UserError' })
    t.is(compare(base, head, { wanted, force: true }).rows.length, 1)
  }
  t.throws(() => compare(base, base, { wanted }), { message: /there twice/ })

  const env = runs('two', 6, 1, { plan: { ...plan, options: { ...plan.options, env: { MODE: 'fast' } } } })
  t.throws(() => compare(base, env, { wanted }), { message: /--env differs/ })
  t.deepEqual(compare(base, env, { wanted, varied: ['env'] }).obstacles, [])
  t.throws(() => compare(base, [env[0]!, ...runs('three', 5, 1)], { wanted, varied: ['env'] }), {
    message: /--env differs within one side/,
  })
  const [server] = fixtureReport().servers
  const newer = { ...server!, version: '9.9.9', sha256: 'ef'.repeat(32) }
  t.is(compare(base, runs('two', 6, 1, { servers: [newer] }), { wanted }).rows.length, 1)
  t.throws(() => compare(base, [...runs('two', 6, 1), ...runs('three', 1, 1, { servers: [newer] })], { wanted }), {
    message: /nats-server differs within one side/,
  })
})

/** The runs with so many publishes of the first phase failed, and its acked ones as they were. */
function failing(reports: readonly Report[], count: number): Report[] {
  const tags = { phase: 'baseline', window: 'baseline' }
  return reports.map((report) => ({
    ...report,
    series: [
      ...report.series.filter(({ metric }) => metric !== 'publish_failed'),
      { metric: 'publish_failed', type: 'counter', unit: 'count', tags, value: { kind: 'counter', count, rate: 1 } },
    ],
  }))
}

test('a build that fails its slow messages does not look faster', (t) => {
  const base = runs('one', 6, 1)
  const some = failing(runs('two', 6, 0.5), 100)
  const comparison = compare(base, some, { wanted })
  t.is(comparison.rows[0]!.judgement.verdict, 'REGRESSED')
  t.true(comparison.rows[0]!.head.every((value) => value === Number.POSITIVE_INFINITY))
  const shown = renderComparison(comparison, { colour: false, width: 140 })
  t.regex(shown, /publish_latency p99 · baseline .* never .*REGRESSED/)
  t.regex(shown, /never: so many failed/)
  const { rows } = JSON.parse(comparisonJson(comparison, base, some))
  t.is(rows[0].head.median, 'Infinity')
  // And what failed on both sides alike is no difference.
  t.is(overall(compare(failing(base, 100), some, { wanted })), 'SAME')
})

test('from never to some time is no change by 100 %', (t) => {
  const [base, head] = [failing(runs('one', 6, 1), 100), runs('two', 6, 1)]
  const comparison = compare(base, head, { wanted })
  const shown = renderComparison(comparison, { colour: false, width: 140 })
  t.regex(shown, / never .* -inf +-inf to -inf .*IMPROVED/)
  const [row] = JSON.parse(comparisonJson(comparison, base, head)).rows
  t.deepEqual([row.change, row.interval.low, row.interval.high], ['-Infinity', '-Infinity', '-Infinity'])
})

test('what so few runs can not tell is a dash, not a zero', (t) => {
  const [base, head] = [runs('one', 3, 1), runs('two', 3, 1.1)]
  const comparison = compare(base, head, { wanted })
  t.regex(renderComparison(comparison, { colour: false, width: 140 }), / {2}– +– +– {2}no verdict$/m)
  const [row] = JSON.parse(comparisonJson(comparison, base, head)).rows
  t.deepEqual([row.interval, row.noiseFloor, row.adjustedP, row.verdict], [null, null, null, null])
})

test('rows are told apart however narrow the terminal is', (t) => {
  const comparison = compare(runs('one', 6, 1), runs('two', 6, 1), { wanted: [parseWanted('publish_latency')] })
  const shown = renderComparison(comparison, { colour: false, width: 80 })
  const windows = comparison.rows.map(({ figure }) => windowLabel(figure.stretch.window))
  t.true(windows.includes('fault slow') && windows.includes('recovery slow'))
  for (const window of windows.filter((one) => one !== 'baseline'))
    t.true(shown.includes(window), `${window} in ${shown}`)
  t.true(
    shown.split('\n').every((line) => !line.startsWith(' ') || line.length <= 80),
    shown,
  )
})

test('a figure that there is not is told with what there is', (t) => {
  const [base, head] = [runs('one', 1, 1), runs('two', 1, 1)]
  const refused = (text: string) =>
    t.throws(() => compare(base, head, { wanted: [parseWanted(text)] }), { instanceOf: UserError })!
  t.is(refused('publish_latncy').hint, 'Did you mean publish_latency?')
  t.is(refused('publish_failed:p99').hint, 'It has count, rate.')
  t.is(
    refused('publish_latency{phase:baselin}:p50').message,
    'There is nothing to compare: no phase of both sides has publish_latency{phase:baselin}:p50.',
  )
  t.is(
    refused('server_cpu{node:n1}:p99').message,
    '"server_cpu{node:n1}:p99" names the tag node; a figure is of a phase × window, so it may name phase, window, fault',
  )
})

test('counts, shares and throughput, with more or less being better', (t) => {
  const base = runs('one', 6, 1)
  const verdictOf = (metric: string, x: readonly Report[], y: readonly Report[]) =>
    compare(x, y, { wanted: [parseWanted(metric)] }).rows[0]!.judgement.verdict
  t.is(verdictOf('publish_failed{phase:baseline}', base, failing(runs('two', 6, 1), 3)), 'REGRESSED')
  t.is(verdictOf('publish_failed{phase:baseline}', failing(base, 3), failing(runs('two', 6, 1), 2)), 'IMPROVED')
  t.is(verdictOf('publish_acked{phase:baseline}', base, runs('two', 6, 1)), 'SAME')
  const tags = { phase: 'baseline', window: 'baseline' }
  const rates = (reports: readonly Report[], lost: number): Report[] =>
    reports.map((report, index) => ({
      ...report,
      series: [
        ...report.series,
        {
          metric: 'checks',
          type: 'rate',
          unit: 'share',
          tags,
          value: { kind: 'rate', trues: 1_000 - lost * (1 + index), total: 1_000 },
        },
      ],
    }))
  t.is(verdictOf('checks', rates(base, 0), rates(runs('two', 6, 1), 1)), 'REGRESSED')
  t.is(verdictOf('checks', rates(base, 0), rates(runs('two', 6, 1), 0)), 'SAME')
  t.is(verdictOf('checks', rates(base, 10), rates(runs('two', 6, 1), 1)), 'IMPROVED')
  const less = (reports: readonly Report[]): Report[] =>
    reports.map((report) => ({
      ...report,
      series: report.series.map((one) => {
        const { value } = one
        if (value.kind !== 'trend' || one.type !== 'throughput') return one
        const percentiles = Object.fromEntries(Object.entries(value.percentiles).map(([name, at]) => [name, at / 2]))
        return { ...one, value: { ...value, percentiles } }
      }),
    }))
  t.is(verdictOf('publish_throughput{phase:baseline}:p50', base, less(runs('two', 6, 1))), 'REGRESSED')
  t.is(verdictOf('publish_throughput{phase:baseline}:p50', less(base), runs('two', 6, 1)), 'IMPROVED')
  t.is(verdictOf('publish_throughput{phase:baseline}:p50:lower', base, less(runs('two', 6, 1))), 'IMPROVED')
  t.throws(() => compare(base, base, { wanted: [parseWanted('checks:p99')], force: true }), {
    message: 'checks has no p99: it is a rate.',
  })
  t.throws(() => compare(base, base, { wanted: [parseWanted('nothing')], force: true }), {
    message: /no metric nothing/,
  })
})

test('a side that has lost a figure never reads as fine', (t) => {
  const base = runs('one', 7, 1)
  const without = (report: Report) => ({
    ...report,
    series: report.series.filter(({ metric, tags }) => metric !== 'publish_latency' || tags.phase !== 'baseline'),
  })
  const head = runs('two', 7, 1)
  const one = compare(base, [without(head[0]!), ...head.slice(1)], { wanted })
  t.is(overall(one), 'INCONCLUSIVE')
  t.regex(renderComparison(one, { colour: false, width: 140 }), /1 of 7 head runs have none/)
  // What the base did not have either can not have got worse.
  t.is(overall(compare([without(base[0]!), ...base.slice(1)], head, { wanted })), 'SAME')
  const both = [parseWanted('publish_latency')]
  t.is(overall(compare(base, head, { wanted: both })), 'SAME')
  t.is(overall(compare(base, head.map(without), { wanted: both })), 'INCONCLUSIVE')
  // In five runs is not enough for a verdict of its own; that of the other rows is not the whole's.
  const five = compare(base, [...head.slice(0, 2).map(without), ...head.slice(2)], { wanted: both })
  t.is(five.rows.find(({ figure }) => figure.stretch.phase === 'baseline')!.judgement.verdict, undefined)
  t.is(overall(five), 'INCONCLUSIVE')
})

test('hostile builds and ids are one line in the terminal, and no markup in Markdown', (t) => {
  const base = runs('one', 6, 1)
  const evil = runs('two', 6, 1.1).map((report) => ({
    ...report,
    id: `${report.id}${hostile}`,
    build: { label: `${hostile}\u001b[2J` },
  }))
  const comparison = compare(base, evil, { wanted, notes: [hostile] })
  const shown = renderComparison(comparison, { colour: false, width: 120 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  t.notRegex(shown, /[\u0000-\u0009\u000b-\u001f]/)
  const markdown = comparisonMarkdown(comparison)
  t.notRegex(markdown, /[^\\]<(script|img)/)
  t.is(markdown.split('\n').filter((line) => line.startsWith('| ')).length, 3)
  t.true(JSON.parse(comparisonJson(comparison, base, evil)).head.label.startsWith(hostile))
})

test('the command: exit codes, JSON, Markdown, and files that are no reports', async (t) => {
  const folder = await ownFolder(t)
  const write = (reports: Report[]) =>
    Promise.all(
      reports.map(async (report) => {
        const path = join(folder, `${report.id}.json`)
        await writeReport(report, path)
        return path
      }),
    )
  const base = await write(runs('one', 6, 1))
  const head = await write(runs('two', 6, 1.1))
  const sides = [...base, '--', ...head]

  const table = await squall('compare', ...sides)
  t.is(table.code, 92)
  t.regex(table.stdout, /^REGRESSED: one/)
  t.is((await squall('compare', '--baseline', 'two', ...base, ...head)).code, 0)
  const { verdict, rows, percentiles } = JSON.parse((await squall('compare', '--json', ...sides)).stdout)
  t.is(verdict, 'REGRESSED')
  t.true(rows.length > 1 && percentiles.length > rows.length)
  t.regex((await squall('compare', '--markdown', ...sides)).stdout, /^## REGRESSED.*\n\n\| Figure \|/)

  const whole = await readFile(head[0]!, 'utf8')
  const bad: [string, RegExp][] = [
    ['', /the file is empty/],
    [whole.slice(0, 5_000), /is not JSON/],
    ['{"hello":1}', /is not a Squall report/],
    [whole.replace('"version":1', '"version":99'), /newer Squall, report version 99/],
  ]
  for (const [text, sentence] of bad) {
    const path = join(folder, 'bad.json')
    await writeFile(path, text)
    const refused = await squall('compare', ...base, '--', path)
    t.is(refused.code, 104)
    t.regex(refused.stderr, sentence)
  }
  t.is((await squall('compare', ...base)).code, 104)
  const late = await squall('compare', ...sides, '--json')
  t.is(late.code, 104)
  t.is(late.stderr, '--json stands after --, where there are only reports; write it before them\n')
  const pattern = await squall('compare', ...base, '--', join(folder, 'none', '*.json'))
  t.is(pattern.code, 104)
  t.regex(pattern.stderr, /\nNo file matches it\./)
})
