import { plural } from '../../plural.ts'
import type { StreamFinding, StreamLedger } from '../ledger/result.ts'
import type { Reading } from './stored-message.ts'

type Verdict = Pick<StreamLedger, 'verdict' | 'notes'>

/** What must not be, and how it is told. */
const faults: readonly (readonly [StreamFinding, (count: string) => string])[] = [
  ['lost', (count) => `${count} acked and not in the stream`],
  ['unexpected', (count) => `${count} in the stream and not published to it by this run`],
  ['failedButPresent', (count) => `${count} in the stream although the publish had failed`],
  ['ackConflict', (count) => `${count} acked with a stream sequence that belongs to another message`],
  ['duplicateWithId', (count) => `${count} stored again within the duplicate window of their Nats-Msg-Id`],
]

/** The verdict on a stream's content. What an unfinished reading found is certain; what it did not find is not known. */
export function verdictOn(
  counts: Readonly<Record<StreamFinding, number>>,
  evicted: { readonly count: number; readonly limits: ReadonlySet<string> },
  { outcome, reached }: Reading,
): Verdict {
  const failures = faults.filter(([finding]) => counts[finding] > 0).map(([name, tell]) => tell(messages(counts[name])))
  const notes = [
    ...(outcome === 'missing' ? ['the stream does not exist any more'] : []),
    ...failures,
    ...(outcome === 'unfinished' ? [`read up to sequence ${reached} only: what follows is not known`] : []),
    ...(evicted.count > 0
      ? [
          `${messages(evicted.count)} removed from the stream's front by its ${[...evicted.limits].sort().join(' and ')}: not counted as lost`,
        ]
      : []),
  ]
  const verdict = failures.length > 0 ? 'fail' : outcome === 'unfinished' ? 'unknown' : 'pass'
  return { verdict, notes }
}

function messages(count: number): string {
  return plural(count, 'message')
}
