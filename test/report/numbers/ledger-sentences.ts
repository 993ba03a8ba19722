import { formatDuration, type Tags } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { counted, exact } from '../../../lib/report/numbers.ts'
import { count, find } from './samples.ts'

/** What became of what was published, and of what services did. */
export function ledgerSentences(report: Report): string[] {
  const { ledger } = report
  if (!ledger) return []
  const {
    attempts,
    acked,
    sent,
    failed,
    indeterminate,
    consumers,
    streams,
    paths = [],
    effects = [],
    reasons = [],
  } = ledger
  const [again, known] = [count(find(report, 'publish_retries')), count(find(report, 'duplicate_acks'))]
  return [
    `${exact(attempts)} published · ${exact(acked)} acked`,
    ...(sent > 0 ? [`${exact(sent)} sent`] : []),
    `${exact(failed)} failed · ${exact(indeterminate)} indeterminate`,
    ...(again > 0 ? [counted(again, 'retry', 'retries')] : []),
    ...(known > 0 ? [counted(known, 'duplicate ack')] : []),
    ...reasons.map(({ reason, count }) => `${exact(count)} ${reason}`),
    ...consumers.flatMap(({ consumer, lostExamples }) =>
      lostExamples.map((one) => `${consumer}: ${lostMessage(one, [])}`),
    ),
    ...streams.flatMap(({ stream, verdict, notes, examples }) => [
      ...notes.map((note) => `${stream}: ${note}`),
      ...(verdict === 'fail' ? (examples.lost ?? []) : []).map(
        (one) => `${stream}: ${lostMessage(one, [`stream sequence ${one.streamSequence}`])}`,
      ),
    ]),
    ...paths.flatMap(({ path, notes, examples }) =>
      [
        ...notes,
        ...(examples.lost ?? []).map((one) => lostMessage(one, [`sequence ${one.originSequence} of ${path.at(-2)}`])),
      ].map((text) => `${path.join(' → ')}: ${text}`),
    ),
    ...effects.map(
      ({ service, stream, accepted, seen, missing, doubled }) =>
        `${service}: ${exact(accepted)} accepted · ${exact(seen)} effects in ${stream} · ${exact(missing)} missing · ${exact(doubled)} doubled`,
    ),
  ]
}

interface Message {
  readonly publisher?: number | undefined
  readonly sequence?: number | undefined
  readonly at?: number | undefined
  readonly tags?: Tags | undefined
}

/** One of those that are named. */
export function lostMessage({ publisher = 0, sequence, at, tags }: Message, places: readonly string[]): string {
  const sent = `sent in ${tags!.phase}, ${tags!.window}${tags!.fault ? ` ${tags!.fault}` : ''}`
  const all = [`lost: publisher ${publisher} message ${sequence}`, ...places, sent]
  return `${all.join(', ')} (from ${formatDuration(at!)} on)`
}
