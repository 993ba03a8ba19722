import type { LedgerResult } from '../../load/index.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { failoverRemarks } from '../tables/failover.ts'
import { drainRemarks, effectRemarks, ledgerFacts, lossRemarks } from '../tables/ledger.ts'
import { pathColumns, pathRemarks, pathRows } from '../tables/paths.ts'
import { reasonRemarks } from '../tables/reasons.ts'
import { andMore, firstOf, type Paper, remarkLines, type Section, titled } from './paper.ts'
import { cleanStreams, mostExamples, streamLedger } from './stream-ledger.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'

const most = 6
const mostPaths = 12
const mostPathRemarks = 12

/** What became of every message: exact counts, never rounded. */
export const ledger: Section = (report, paper) => {
  const { ledger: result } = report
  if (!result) return []
  const { paint, width } = paper
  const { drained, consumers, streams } = result
  const published = [
    ...ledgerFacts(report, result).map(({ text, tone }) => (tone ? paint[tone](text) : text)),
    ...cleanStreams(streams),
  ]
  const { first, more } = firstOf(consumers, most)
  const lines =
    first.length === 0
      ? titled('Ledger', published, paper)
      : [
          ...layTable(consumerColumns(drained), first, paper).lines,
          ...andMore(more, 'consumers in the report', paper),
          ...flow(published, ' · ', width - 2).map((line) => `  ${line}`),
        ]
  const reasons = reasonRemarks(result)
  const losses = lossRemarks(drained, first, mostExamples)
  return [
    ...lines,
    ...remarkLines(reasons, reasons.length, '', paper),
    ...remarkLines(losses, losses.length, '', paper),
    ...streamLedger(streams, paper),
    ...pathLines(result, paper),
    ...remarkLines(effectRemarks(result), 6, 'in the report', paper),
    ...remarkLines(failoverRemarks(report), 6, 'in the report', paper),
    ...remarkLines(drainRemarks(result), 1, '', paper),
  ]
}

function pathLines(result: LedgerResult, paper: Paper): string[] {
  const { first, more } = firstOf(pathRows(result), mostPaths)
  if (first.length === 0) return []
  const remarks = pathRemarks(result, mostExamples)
  return [
    ...layTable(pathColumns(), first, paper).lines,
    ...andMore(more, 'paths in the report', paper),
    ...remarkLines(remarks, mostPathRemarks, 'in the report', paper),
  ]
}
