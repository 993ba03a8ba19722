import type { ConsumerLedger, LedgerResult, StreamLedger } from '../../load/index.ts'
import { countOf } from '../breakdown.ts'
import { counted, exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Tone } from './column.ts'
import type { Remark } from './remark.ts'
import { namedExamples, namedLosses } from './streams.ts'

/** A part of the line that says what became of what was published. */
export interface LedgerFact {
  readonly text: string
  readonly tone?: Tone
}

/** What became of every message: exact counts, never rounded. */
export function ledgerFacts(
  report: Report,
  { attempts, acked, sent, failed, indeterminate }: LedgerResult,
): LedgerFact[] {
  const mark = (count: number, word: string): LedgerFact => ({
    text: `${exact(count)} ${word}`,
    ...(count > 0 && { tone: 'caution' as const }),
  })
  // Publishes made again, and the acks that said that the stream had them already.
  const [again, known] = [countOf(report, 'publish_retries'), countOf(report, 'duplicate_acks')]
  return [
    { text: `${exact(attempts)} published` },
    { text: `${exact(acked)} acked` },
    // Core messages have no ack: 0 of them says nothing in a run that is all JetStream.
    ...(sent > 0 ? [{ text: `${exact(sent)} sent` }] : []),
    mark(failed, 'failed'),
    mark(indeterminate, 'indeterminate'),
    ...(again > 0 ? [{ text: counted(again, 'retry', 'retries') }] : []),
    ...(known > 0 ? [{ text: counted(known, 'duplicate ack') }] : []),
  ]
}

/**
 * The first messages that consumers never got, `most` of each. Core messages that nobody got are counted only: nobody
 * promised them. Nothing is lost for certain before the drain has finished.
 */
export function lossRemarks(drained: boolean, consumers: readonly ConsumerLedger[], most: number): Remark[] {
  const losers = drained ? consumers.filter(({ kind, lost }) => kind === 'pull' && lost > 0) : []
  return losers.flatMap((one) =>
    namedLosses(one, most).map((text): Remark => ({ mark: '✗', tone: 'bad', text: `${one.consumer}: ${text}` })),
  )
}

/** What a stream's counts mean. */
export function streamNotes({ stream, verdict, notes }: StreamLedger): Remark[] {
  const mark = ({ pass: '·', unknown: '?', fail: '✗' } as const)[verdict]
  const tone = ({ pass: 'dim', unknown: 'caution', fail: 'bad' } as const)[verdict]
  return notes.map((note) => ({ mark, tone, text: `${stream}: ${note}` }))
}

/** Of a stream that failed, the first `most` messages of each kind that went wrong. */
export function streamExamples(stream: StreamLedger, most: number): string[] {
  return stream.verdict === 'fail' ? namedExamples(stream, most) : []
}

export function drainRemarks({ drained }: LedgerResult): Remark[] {
  if (drained) return []
  const text = 'the drain did not finish: what counts as lost may still have been on its way'
  return [{ mark: '✗', tone: 'caution', text }]
}

/** What services did, by their effects, and what the script said of their state. */
export function effectRemarks({ effects = [], state }: LedgerResult): Remark[] {
  const found = effects.map(({ service, stream, accepted, seen, missing, doubled, unexpected, settled }): Remark => {
    const isWrong = missing + doubled + unexpected > 0
    const text = `${service}: ${exact(accepted)} accepted · ${exact(seen)} effects in ${stream} · ${exact(missing)} missing · ${exact(doubled)} doubled`
    if (!settled) return { mark: '?', tone: 'caution', text: `${text}, not read to the end` }
    return isWrong ? { mark: '✗', tone: 'bad', text } : { mark: '·', tone: 'dim', text }
  })
  const differences = (state?.differences ?? []).map((text): Remark => ({ mark: '✗', tone: 'bad', text }))
  const isPreserved = state?.count === 0
  return [
    ...found,
    ...(isPreserved
      ? [{ mark: '·', tone: 'dim', text: 'verifyState() found no difference' } satisfies Remark]
      : differences),
  ]
}
