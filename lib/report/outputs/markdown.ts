import { basename } from 'node:path'
import { formatDuration } from '../../measure/index.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from '../tables/column.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { faultColumns } from '../tables/faults.ts'
import { headlines, latencyColumns, latencyRows, measureRow } from '../tables/latency.ts'
import { recoveryColumns, recoveryRows } from '../tables/recovery.ts'
import { groupColumns, nodeColumns, watched } from '../tables/servers.ts'
import { namedExamples, streamColumns } from '../tables/streams.ts'
import { thresholdColumns, thresholdRows } from '../tables/thresholds.ts'
import { meaningOf, verdictWords } from '../words.ts'

const mostExamples = 3

/** The summary as GitHub's Markdown, for a pull request or a job's summary. */
export function renderMarkdown(report: Report): string {
  const { result, plan, build, durationMs, startedAt } = report
  const about = [
    `${formatDuration(durationMs)} from ${startedAt.replace('T', ' ').slice(0, 19)} UTC`,
    `build ${build.label}${build.dirty ? ' (dirty)' : ''}`,
  ]
  const head = `${verdictWords[result.verdict]}: ${basename(plan.script.path)}, ${meaningOf(report)}`
  const blocks = [
    `## ${text(head)}`,
    result.reasons.map((reason) => `- ${text(reason)}`).join('\n'),
    text(about.join(' · ')),
    table(thresholdColumns(report), thresholdRows(report)),
    ...headlines.map((headline) => {
      const rows = latencyRows(headline, report).map((row) => measureRow(row, headline, report))
      return table(latencyColumns(headline, rows, rows), rows)
    }),
    table(faultColumns(), report.faults),
    table(recoveryColumns(recoveryRows(report)), recoveryRows(report)),
    ...serverTables(report),
    ...ledgerBlocks(report),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function serverTables(report: Report): string[] {
  const { observed } = report
  if (!observed || Object.keys(observed.availability).length < 2) return []
  return [
    table(nodeColumns(report), watched(observed.availability)),
    table(groupColumns(report, observed), watched(observed.quorum)),
  ]
}

function ledgerBlocks({ ledger }: Report): string[] {
  if (!ledger) return []
  const { attempts, acked, failed, indeterminate, drained, consumers, streams } = ledger
  const findings = streams.flatMap((stream) => [
    ...stream.notes.map((note) => `- ${text(`${stream.stream}: ${note}`)}`),
    ...namedExamples(stream, mostExamples).map((example) => `- ${text(`${stream.stream}: ${example}`)}`),
  ])
  return [
    table(consumerColumns(drained), consumers),
    table(streamColumns(), streams),
    findings.join('\n'),
    `${exact(attempts)} published · ${exact(acked)} acked · ${exact(failed)} failed · ${exact(indeterminate)} indeterminate`,
  ]
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => text(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((column) => text(column.text(row))))),
  ].join('\n')
}

/** One line that Markdown and the HTML in it take for what it is. */
function text(value: string): string {
  return value
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>|#~]/g, '\\$&')
    .replaceAll('@', '@\u200b')
    .trim()
}
