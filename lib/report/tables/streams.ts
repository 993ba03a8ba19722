import type { ConsumerLedger, StreamExample, StreamLedger } from '../../load/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { exact } from '../numbers.ts'
import type { Column } from './column.ts'

/** What each stream held against what was published to it. */
export function streamColumns(): Column<StreamLedger>[] {
  const count = (title: string, read: (one: StreamLedger) => number, worth: number): Column<StreamLedger> => ({
    title,
    align: 'right',
    text: (one) => (one.judgedBy === 'content' ? exact(read(one)) : '–'),
    worth,
  })
  const wrong = (title: string, read: (one: StreamLedger) => number, worth: number): Column<StreamLedger> => ({
    ...count(title, read, worth),
    tone: (one) => (read(one) > 0 ? 'bad' : undefined),
  })
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

/** The first messages of each kind that went wrong, a sentence each, at most `most` of a kind. */
export function namedExamples({ examples }: StreamLedger, most: number): string[] {
  const { lost = [], unexpected = [], ackConflict = [], duplicateWithId = [], failedButPresent = [] } = examples
  const told = (what: string, list: readonly StreamExample[]) => list.slice(0, most).map((one) => tell(what, one))
  return [
    ...told('lost', lost),
    ...told('unexpected', unexpected),
    ...told('conflict', ackConflict),
    ...told('stored again', duplicateWithId),
    ...told('failed, but there', failedButPresent),
  ]
}

/** The first acked messages that a consumer never got, a sentence each. */
export function namedLosses({ lostExamples }: ConsumerLedger, most: number): string[] {
  return lostExamples.slice(0, most).map((one) => tell('lost', one))
}

type Example = Partial<StreamExample>

function tell(what: string, { streamSequence, subject, ...message }: Example): string {
  return tellMessage(what, message, [
    ...(streamSequence === undefined ? [] : [`stream sequence ${streamSequence}`]),
    ...(subject === undefined ? [] : [`as ${subject}`]),
  ])
}

/** `lost: publisher 0 message 7, stream sequence 8, sent in steady, fault cut (from 12s on)`; `places` is where it stands. */
export function tellMessage(
  what: string,
  { publisher = 0, sequence, at, tags }: Omit<Example, 'streamSequence' | 'subject'>,
  places: readonly string[],
): string {
  const who = sequence === undefined ? 'not of this run' : `publisher ${publisher} message ${sequence}`
  const window = [tags?.window, tags?.fault].filter((tag) => tag !== undefined).join(' ')
  const where = tags === undefined ? [] : [`sent in ${tags.phase}, ${window}`]
  const since = at === undefined ? '' : ` (from ${formatDuration(at)} on)`
  return `${[`${what}: ${who}`, ...places, ...where].join(', ')}${since}`
}
