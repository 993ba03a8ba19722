import test from 'ava'
import { XMLParser } from 'fast-xml-parser'
import { formatCount, formatDuration } from '../../lib/measure/index.ts'
import { outputs, type Report } from '../../lib/report/index.ts'
import { exact, formatObserved } from '../../lib/report/numbers.ts'
import { recordedReport } from './recorded.ts'

/** By the table's name, then by row and column. */
type Tables = Record<string, Record<string, Record<string, string>>>

const make = async (name: string, report: Report) =>
  String(await outputs.find((one) => one.name === name)!.make(report))

function tablesOf(raw: readonly { readonly name: string; readonly lines: readonly (readonly string[])[] }[]): Tables {
  return Object.fromEntries(
    raw.map(({ name, lines: [titles, ...rows] }) => [
      name,
      Object.fromEntries(
        rows.map(([row, ...cells]) => [
          row,
          Object.fromEntries(cells.map((cell, index) => [titles![index + 1], cell])),
        ]),
      ),
    ]),
  )
}

function htmlTables(page: string): Tables {
  const plain = (html: string) =>
    html
      .replace(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  return tablesOf(
    [...page.matchAll(/<table>\s*<caption>(.*?)<\/caption>(.*?)<\/table>/gs)].map(([, name, body]) => ({
      name: plain(name!),
      lines: [...body!.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
        [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => plain(cell!)),
      ),
    })),
  )
}

function markdownTables(text: string): Tables {
  return tablesOf(
    [...text.matchAll(/^(?:\|.*\n)+/gm)].map(([table]) => {
      const lines = table
        .trimEnd()
        .split('\n')
        .filter((_, index) => index !== 1)
        .map((line) =>
          line
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim().replace(/\\(.)/g, '$1')),
        )
      return { name: lines[0]![0]!, lines }
    }),
  )
}

test('every percentile, count, threshold and time in the page, Markdown and JUnit is report.json’s', async (t) => {
  const report = await recordedReport()
  const junit = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', htmlEntities: true }).parse(
    await make('junit', report),
  )
  const cases = junit.testsuites.testsuite.flatMap((suite: { testcase: unknown }) => suite.testcase)
  let compared = 0
  const same = (cell: string | undefined, value: string, where: string) => {
    compared += 1
    t.is(cell, value, where)
  }
  for (const [output, tables] of [
    ['html', htmlTables(await make('html', report))],
    ['markdown', markdownTables(await make('markdown', report))],
  ] as const) {
    const latencies = { publish_latency: 'Publish latency', e2e_latency: 'End-to-end latency' }
    for (const { metric, tags, value } of report.series) {
      const table = tables[latencies[metric as keyof typeof latencies]]
      if (!table || value.kind !== 'trend') continue
      const row = table[tags.window === 'baseline' ? tags.phase! : `└ ${tags.window} ${tags.fault}`]!
      const where = `${output} ${metric} ${JSON.stringify(tags)}`
      for (const [name, cell] of Object.entries(row)) {
        if (/^p\d/.test(name)) {
          const percentile = value.percentiles[name]
          same(cell, percentile === undefined ? '–' : formatDuration(percentile), `${where} ${name}`)
        }
      }
      same(row.max, formatDuration(value.max), where)
      same(row.count, formatCount(value.count), where)
    }
    const thresholds = Object.entries(tables).find(([name]) => name === 'Thresholds')![1]
    for (const threshold of report.thresholds) {
      const { selector, expression, passed } = threshold
      const row = thresholds[`${passed ? '✓' : '✗'} ${selector}`]!
      same(row['must be'], expression, `${output} ${selector}`)
      const planned = report.plan.thresholds.find((one) => one.selector === selector && one.expression === expression)!
      same(row.was, formatObserved(threshold.observed!, planned, report.plan.metrics), `${output} ${selector}`)
    }
    const consumers = Object.entries(tables).find(([, rows]) => rows.billing?.expected !== undefined)![1]
    for (const { consumer, expected, received, lost, duplicates, redelivered } of report.ledger!.consumers) {
      const shown = { expected, received, lost, duplicates, redelivered }
      for (const [title, count] of Object.entries(shown)) {
        same(consumers[consumer]![title], exact(count), `${output} ${consumer} ${title}`)
      }
    }
    const faults = Object.values(tables).find((rows) => rows[report.faults[0]!.id]?.applied !== undefined)!
    for (const { id, appliedAt, healedAt } of report.faults) {
      same(faults[id]!.applied, formatDuration(appliedAt!), `${output} ${id}`)
      same(faults[id]!.healed, formatDuration(healedAt!), `${output} ${id}`)
    }
  }
  for (const { selector, expression, passed } of report.thresholds) {
    const found = cases.find(({ name }: { name: string }) => name.includes(selector) && name.includes(expression))
    same(String(found && found.failure === undefined), String(passed), `junit ${selector}`)
  }
  const failed = report.thresholds.filter(({ passed }) => !passed).length
  t.is(cases.filter(({ failure }: { failure?: unknown }) => failure !== undefined).length, failed)
  t.log(`${compared} numbers compared`)
  t.true(compared > 200)
})
