import test from 'ava'
import { XMLParser } from 'fast-xml-parser'
import { outputs, type Report } from '../../lib/report/index.ts'
import { clusterReport } from './cluster-fixture.ts'
import { fixtureReport } from './fixture.ts'
import { casesOf } from './numbers/cases.ts'
import { compareTables } from './numbers/compare.ts'
import { tablesOf } from './numbers/expected.ts'
import { accountFor, sentencesOf } from './numbers/sentences.ts'
import { type Shown, shownInMarkdown, shownOnPage } from './numbers/shown.ts'
import { spoiled } from './numbers/spoiled.ts'
import { recordedReport, recordings } from './recorded.ts'
import { regionsReport } from './regions-fixture.ts'

const make = async (name: string, report: Report) =>
  String(await outputs.find((one) => one.name === name)!.make(report))

/** Tables that Markdown has no room for. */
const onPageOnly = /^(Phases|Generator)$|, over its intervals$| over time, /

/** Markdown has nothing to say of a single server that had none. */
function hadServerTrouble({ observed }: Report): boolean {
  const { availability = {}, quorum = {}, leaks = [] } = observed ?? {}
  const troubled = [...Object.values(availability), ...Object.values(quorum)].some(({ count }) => count > 0)
  return Object.keys(availability).length > 1 || troubled || leaks.length > 0
}

/** Recordings have real numbers, the others what no recording has: checks, new leaders, replicas that lag, own metrics. */
const reports: readonly (readonly [string, Report | Promise<Report>])[] = [
  ...recordings.flatMap((name) => [
    [name, recordedReport(name)] as const,
    [`${name}, spoiled`, recordedReport(name).then(spoiled)] as const,
  ]),
  ['a single node', fixtureReport()],
  ['a cluster', clusterReport()],
  ['regions', regionsReport()],
]

for (const [name, made] of reports) {
  test(`${name}: every cell of every table of the page and Markdown is report.json’s`, async (t) => {
    const report = await made
    const page = shownOnPage(await make('html', report))
    const markdown = shownInMarkdown(await make('markdown', report))
    for (const shown of [page, markdown]) {
      const { cells, wrong } = compareTables(shown, report)
      t.deepEqual(wrong, [])
      t.log(`${cells} cells compared`)
    }
    const known = Object.keys(tablesOf(report)).sort()
    const named = ({ tables }: Shown) => tables.map((table) => table.name).sort()
    t.deepEqual(named(page), known)
    const isShort = (table: string) =>
      !onPageOnly.test(table) && (hadServerTrouble(report) || !['Servers', 'Quorum'].includes(table))
    t.deepEqual(named(markdown), known.filter(isShort))
  })

  test(`${name}: every number that the page and Markdown say outside tables is report.json’s`, async (t) => {
    const report = await made
    const { both, ...own } = sentencesOf(report)
    const page = shownOnPage(await make('html', report)).prose
    t.deepEqual(accountFor(page, [...both, ...own.page]), { missing: [], left: [] })
    const markdown = shownInMarkdown(await make('markdown', report)).prose
    t.deepEqual(accountFor(markdown, [...both, ...own.markdown]), { missing: [], left: [] })
    t.log(`${both.length * 2 + own.page.length + own.markdown.length} sentences compared`)
  })

  test(`${name}: every case of JUnit, its verdict and all that it says are report.json’s`, async (t) => {
    const report = await made
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      htmlEntities: true,
      isArray: (tag) => tag === 'testsuite' || tag === 'testcase',
    })
    const { testsuite, ...all } = parser.parse(await make('junit', report)).testsuites
    const script = report.plan.script.path.split('/').at(-1)
    const time = (report.durationMs / 1_000).toFixed(3)
    const counts = (cases: ReturnType<typeof casesOf>) => ({
      tests: String(cases.length),
      failures: String(cases.filter(({ failure }) => failure !== undefined).length),
    })
    const expected = casesOf(report)
    t.deepEqual(all, { name: script, ...counts(expected), time })
    t.deepEqual(
      testsuite,
      [...new Set(expected.map(({ suite }) => suite))].map((suite) => {
        const cases = expected.filter((one) => one.suite === suite)
        return {
          testcase: cases.map(({ name, failure }) => ({
            ...(failure !== undefined && { failure: { message: failure } }),
            classname: `${script}.${suite}`,
            name,
          })),
          name: `${script} ${suite}`,
          ...counts(cases),
          timestamp: report.startedAt,
          ...(suite === 'run' && { time }),
        }
      }),
    )
  })
}

test('what the report does not explain is found: a table, a column, a value and a number in a sentence', async (t) => {
  const report = await recordedReport()
  const found = (name: string, titles: readonly string[], row: readonly string[]) =>
    compareTables({ tables: [{ name, titles, rows: [row] }] }, report).wrong
  const billing = ['billing', '36,056']
  t.deepEqual(found('Ledger', ['Ledger', 'expected'], billing), [])
  t.is(found('Novel', ['Ledger', 'expected'], billing).length, 3)
  t.deepEqual(found('Ledger', ['Ledger', 'novel'], billing), ['Ledger, billing, novel: 36,056, not undefined'])
  t.deepEqual(found('Ledger', ['Ledger', 'expected'], ['billing', '36,057']), [
    'Ledger, billing, expected: 36,057, not 36,056',
  ])
  t.deepEqual(accountFor('7 lost, 2 late', ['7 lost']), { missing: [], left: ['2'] })
  t.deepEqual(accountFor('7 lost', ['7 lost', '2 late']), { missing: ['2 late'], left: [] })
})
