import type { StreamLedger } from '../../load/index.ts'
import { exact } from '../numbers.ts'
import { streamExamples, streamNotes } from '../tables/ledger.ts'
import { streamColumns } from '../tables/streams.ts'
import { andMore, firstOf, type Paper, paragraph, remarkLines } from './paper.ts'
import { layTable } from './table.ts'
import { clean } from './text.ts'

const mostStreams = 6
export const mostExamples = 3

/** Names of the streams that hold just what they should, as one part of a line; nothing when there are none. */
export function cleanStreams(streams: readonly StreamLedger[]): string[] {
  const { first, more } = firstOf(streams.filter(isClean), mostStreams)
  if (first.length === 0) return []
  const names = first
    .map(({ stream, recovered }) => clean(stream) + (recovered > 0 ? ` (${exact(recovered)} recovered)` : ''))
    .join(', ')
  return [`clean: ${names}${more > 0 ? ` and ${more} more` : ''}`]
}

/** Of the other streams, what each held against what was published to it: counts, what they mean, first examples. */
export function streamLedger(streams: readonly StreamLedger[], paper: Paper): string[] {
  const { first, more } = firstOf(
    streams.filter((stream) => !isClean(stream)),
    mostStreams,
  )
  if (first.length === 0) return []
  return [
    ...layTable(streamColumns(), first, paper).lines,
    ...andMore(more, 'streams in the report', paper),
    ...first.flatMap((stream) => findings(stream, paper)),
  ]
}

function isClean({ verdict, notes, duplicate, outOfOrder }: StreamLedger): boolean {
  return verdict === 'pass' && notes.length === 0 && duplicate === 0 && outOfOrder === 0
}

function findings(stream: StreamLedger, paper: Paper): string[] {
  const notes = streamNotes(stream)
  return [
    ...remarkLines(notes, notes.length, '', paper),
    ...streamExamples(stream, mostExamples).flatMap((line) => paragraph('    ', line, paper, paper.paint.dim)),
  ]
}
