import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { compare, overall, parseWanted, type Report, renderComparison, writeReport } from '../../../lib/report/index.ts'
import { fixtureReport } from '../fixture.ts'
import { ownFolder } from '../folder.ts'

/** Runs of one build whose publishes took `factor` times as long as the fixture's, and a little more in each next one. */
function runs(label: string, count: number, factor: number, changes: Partial<Report> = {}): Report[] {
  return Array.from({ length: count }, (_, index) => {
    const report = fixtureReport()
    const by = factor * (1 + ((index * 7) % count) / 1_000)
    // One of each stretch, so that nothing is merged: a merged one's percentiles are its histograms'.
    const known = new Set<string>()
    const single = report.series.filter(({ metric, tags: { phase, window, fault } }) => {
      const key = `${metric} ${phase} ${window} ${fault}`
      return metric !== 'publish_latency' || (!known.has(key) && known.add(key))
    })
    const series = single.map((one) => {
      const { value } = one
      if (value.kind !== 'trend' || one.metric !== 'publish_latency') return one
      const percentiles = Object.fromEntries(Object.entries(value.percentiles).map(([name, at]) => [name, at * by]))
      return { ...one, value: { ...value, percentiles } }
    })
    return { ...report, id: `${label}-${index}`, build: { label }, series, ...changes }
  })
}

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
    [/INVALID/, { result: { ...result, verdict: 'invalid' } }],
  ]
  for (const [reason, changes] of others) {
    const head = runs('two', 6, 1, changes)
    t.throws(() => compare(base, head, { wanted }), { message: reason, name: 'UserError' })
    t.is(compare(base, head, { wanted, force: true }).rows.length, 1)
  }
  t.throws(() => compare(base, base, { wanted }), { message: /there twice/ })
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
})

function squall(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, TERM: 'xterm' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import=tsx', 'lib/cli/main.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}
