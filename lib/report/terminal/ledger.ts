import { countOf } from '../breakdown.ts'
import { counted, exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { namedLosses } from '../tables/streams.ts'
import { andMore, firstOf, paragraph, type Section, titled } from './paper.ts'
import { cleanStreams, mostExamples, streamLedger } from './stream-ledger.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'

const most = 6

/** What became of every message: exact counts, never rounded. */
export const ledger: Section = (report, paper) => {
  const { ledger: result } = report
  if (!result) return []
  const { paint, width } = paper
  const { attempts, acked, sent, failed, indeterminate, drained, consumers, streams } = result
  const mark = (count: number, word: string) => {
    const text = `${exact(count)} ${word}`
    return count === 0 ? text : paint.caution(text)
  }
  const published = [
    `${exact(attempts)} published`,
    `${exact(acked)} acked`,
    // Core messages have no ack: 0 of them says nothing in a run that is all JetStream.
    ...(sent > 0 ? [`${exact(sent)} sent`] : []),
    mark(failed, 'failed'),
    mark(indeterminate, 'indeterminate'),
    ...retries(report),
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
  // Core messages that nobody got are counted only: nobody promised them.
  const losers = drained ? first.filter(({ kind, lost }) => kind === 'pull' && lost > 0) : []
  return [
    ...lines,
    ...losers.flatMap((one) =>
      namedLosses(one, mostExamples).flatMap((line) => paragraph('  ✗ ', `${one.consumer}: ${line}`, paper, paint.bad)),
    ),
    ...streamLedger(streams, paper),
    ...(drained
      ? []
      : paragraph(
          '  ✗ ',
          'the drain did not finish: what counts as lost may still have been on its way',
          paper,
          paint.caution,
        )),
  ]
}

/** Publishes made again, and the acks that said that the stream had them already; nothing when there are none. */
function retries(report: Report): string[] {
  const [again, known] = [countOf(report, 'publish_retries'), countOf(report, 'duplicate_acks')]
  return [
    ...(again > 0 ? [counted(again, 'retry', 'retries')] : []),
    ...(known > 0 ? [counted(known, 'duplicate ack')] : []),
  ]
}
