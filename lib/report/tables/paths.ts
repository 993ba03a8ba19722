import type { LedgerResult, PathExample, PathLedger } from '../../load/index.ts'
import { exact } from '../numbers.ts'
import type { Column } from './column.ts'
import type { Remark } from './remark.ts'
import { tellMessage } from './streams.ts'

/** A way that messages take between regions: into a copy of a stream, and on to a consumer of the copy. */
interface PathRow {
  readonly name: string
  readonly expected: number
  readonly arrived: number
  readonly lost: number
  /** Is what is lost known for certain? */
  readonly isKnown: boolean
  /** Of a path that ends in a copy. */
  readonly copy?: PathLedger
}

/** `ORDERS → COPY`. */
export function pathName({ path }: PathLedger): string {
  return path.join(' → ')
}

/** A row for each path into a copy, and below it one for each consumer of that copy. */
export function pathRows({ paths = [], drained }: LedgerResult): PathRow[] {
  return paths.flatMap((copy): PathRow[] => [
    {
      name: pathName(copy),
      expected: copy.offered,
      arrived: copy.copied,
      lost: copy.lost,
      isKnown: copy.readToEnd,
      copy,
    },
    ...copy.consumers.map(({ consumer, expected, received, neverConsumed }) => ({
      name: `${pathName(copy)} → ${consumer}`,
      expected,
      arrived: received,
      lost: neverConsumed,
      isKnown: drained,
    })),
  ])
}

export function pathColumns(): Column<PathRow>[] {
  const count = (title: string, read: (row: PathRow) => number, worth: number): Column<PathRow> => ({
    title,
    align: 'right',
    text: (row) => exact(read(row)),
    worth,
  })
  const ofCopy = (title: string, read: (path: PathLedger) => number, worth: number): Column<PathRow> => ({
    ...count(title, ({ copy }) => (copy ? read(copy) : 0), worth),
    text: ({ copy }) => (copy ? exact(read(copy)) : '–'),
    tone: ({ copy }) => (copy && read(copy) > 0 ? 'bad' : undefined),
  })
  return [
    { title: 'Paths', align: 'left', text: ({ name }) => name, shrinks: true },
    count('to come', ({ expected }) => expected, 7),
    count('arrived', ({ arrived }) => arrived, 8),
    {
      ...count('lost', ({ lost }) => lost, Number.POSITIVE_INFINITY),
      text: ({ lost, isKnown }) => (isKnown ? exact(lost) : `${exact(lost)}?`),
      tone: ({ lost }) => (lost > 0 ? 'bad' : undefined),
    },
    {
      ...ofCopy('queued', ({ queued }) => queued, 6),
      tone: ({ copy }) => (copy && copy.queued > 0 ? 'caution' : undefined),
    },
    ofCopy('duplicates', ({ duplicate }) => duplicate, 4),
    ofCopy('out of order', ({ outOfOrder }) => outOfOrder, 3),
    ofCopy('unexpected', ({ unexpected }) => unexpected, 5),
  ]
}

/** What the counts of paths mean, and of those that failed or are open the first `most` messages of each kind. */
export function pathRemarks({ paths = [] }: LedgerResult, most: number): Remark[] {
  return paths.flatMap((path) => {
    const mark = ({ pass: '·', unknown: '?', fail: '✗' } as const)[path.verdict]
    const tone = ({ pass: 'dim', unknown: 'caution', fail: 'bad' } as const)[path.verdict]
    const examples = path.verdict === 'pass' ? [] : pathExamples(path, most)
    return [
      ...path.notes.map((note): Remark => ({ mark, tone, text: `${pathName(path)}: ${note}` })),
      ...examples.map((text): Remark => ({ mark: '·', tone: 'dim', text: `${pathName(path)}: ${text}` })),
    ]
  })
}

/** The first messages of each kind that went wrong, a sentence each, at most `most` of a kind. */
export function pathExamples({ examples, path }: PathLedger, most: number): string[] {
  const [origin = '', copy = ''] = path.slice(-2)
  const told = (what: string, list: readonly PathExample[] = []) =>
    list
      .slice(0, most)
      .map(({ originSequence, copySequence, ...message }) =>
        tellMessage(what, message, [
          ...(originSequence === undefined ? [] : [`sequence ${originSequence} of ${origin}`]),
          ...(copySequence === undefined ? [] : [`sequence ${copySequence} of ${copy}`]),
        ]),
      )
  return [
    ...told('lost', examples.lost),
    ...told('stored again', examples.duplicate),
    ...told('out of order', examples.outOfOrder),
    ...told('unexpected', examples.unexpected),
    ...told('still queued', examples.queued),
  ]
}
