import type { StreamExample, StreamLedger } from '../../load/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { exact } from './numbers.ts'
import { andMore, firstOf, type Paper, paragraph } from './paper.ts'
import { type Column, layTable } from './table.ts'
import { clean } from './text.ts'

const mostStreams = 6
const mostExamples = 3

/** Names of the streams that hold just what they should, as one part of a line; nothing when there are none. */
export function cleanStreams(streams: readonly StreamLedger[]): string[] {
  const { first, more } = firstOf(streams.filter(isClean), mostStreams)
  if (first.length === 0) return []
  const names = first.map(({ stream }) => clean(stream)).join(', ')
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
    ...layTable(columns(paper), first, paper).lines,
    ...andMore(more, 'streams in the report', paper),
    ...first.flatMap((stream) => findings(stream, paper)),
  ]
}

function isClean({ verdict, notes }: StreamLedger): boolean {
  return verdict === 'pass' && notes.length === 0
}

function columns({ paint }: Paper): Column<StreamLedger>[] {
  const count = (title: string, read: (one: StreamLedger) => number, worth: number): Column<StreamLedger> => ({
    title,
    align: 'right',
    text: (one) => (one.judgedBy === 'content' ? exact(read(one)) : '–'),
    worth,
  })
  const bad = (column: Column<StreamLedger>, read: (one: StreamLedger) => number): Column<StreamLedger> => ({
    ...column,
    paint: (one) => (read(one) > 0 ? paint.bad : undefined),
  })
  const wrong = (title: string, read: (one: StreamLedger) => number, worth: number) =>
    bad(count(title, read, worth), read)
  const lost = wrong('lost', ({ lost }) => lost, Number.POSITIVE_INFINITY)
  return [
    { title: 'Streams', align: 'left', text: ({ stream }) => stream, shrinks: true },
    { ...count('acked', ({ acked }) => acked, 8), text: ({ acked }) => exact(acked) },
    count('read', ({ read }) => read, 7),
    { ...lost, text: (one) => (one.readToEnd ? lost.text(one) : `${lost.text(one)}?`) },
    wrong('unexpected', ({ unexpected }) => unexpected, 6),
    wrong('conflicts', ({ ackConflict }) => ackConflict, 5),
    count('duplicates', ({ duplicate, duplicateWithId }) => duplicate + duplicateWithId, 4),
    count('out of order', ({ outOfOrder }) => outOfOrder, 2),
    count('recovered', ({ recovered }) => recovered, 3),
  ]
}

function findings({ stream, verdict, notes, examples }: StreamLedger, paper: Paper): string[] {
  const { paint } = paper
  const bullet = { pass: '  · ', unknown: '  ? ', fail: '  ✗ ' }[verdict]
  const tint = { pass: paint.dim, unknown: paint.caution, fail: paint.bad }[verdict]
  const lines = notes.flatMap((note) => paragraph(bullet, `${stream}: ${note}`, paper, tint))
  if (verdict !== 'fail') return lines
  const { lost = [], unexpected = [], ackConflict = [], duplicateWithId = [], failedButPresent = [] } = examples
  const named = [
    ...told('lost', lost),
    ...told('unexpected', unexpected),
    ...told('conflict', ackConflict),
    ...told('stored again', duplicateWithId),
    ...told('failed, but there', failedButPresent),
  ]
  return [...lines, ...named.flatMap((line) => paragraph('    ', line, paper, paint.dim))]
}

function told(what: string, examples: readonly StreamExample[]): string[] {
  return examples.slice(0, mostExamples).map(({ publisher, sequence, streamSequence, at, tags }) => {
    const who = sequence === undefined ? 'not of this run' : `publisher ${publisher} message ${sequence}`
    const when = at === undefined ? [] : [`sent after ${formatDuration(at)}`]
    const where = [tags?.phase, tags?.window, tags?.fault].filter((tag) => tag !== undefined)
    return [`${what}: ${who}`, `stream sequence ${streamSequence}`, ...when, ...where].join(', ')
  })
}
