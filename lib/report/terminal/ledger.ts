import { exact } from '../numbers.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { andMore, firstOf, paragraph, type Section, titled } from './paper.ts'
import { cleanStreams, streamLedger } from './stream-ledger.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'

const most = 6

/** What became of every message: exact counts, never rounded. */
export const ledger: Section = ({ ledger: result }, paper) => {
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
  return [
    ...lines,
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
