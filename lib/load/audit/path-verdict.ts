import { plural } from '../../plural.ts'
import type { StreamPlan } from '../assets/assets.ts'
import type { PathFinding, PathLedger } from '../ledger/result.ts'
import type { Reading } from './stored-message.ts'

/** What must not be, and how it is told. */
const faults: readonly (readonly [PathFinding, (count: string) => string])[] = [
  ['lost', (count) => `${count} lost: not in the copy, which has passed them`],
  ['duplicate', (count) => `${count} stored in the copy again`],
  ['outOfOrder', (count) => `${count} in another order than in the origin`],
  ['unexpected', (count) => `${count} in the copy and never in the origin`],
]

interface Ends {
  readonly copy: Reading
  readonly origin: Reading
  /** Of the origin. */
  readonly plan: StreamPlan
}

/** The verdict on a path. What was found is certain; what an unfinished reading did not find, and what is still queued, is not known. */
export function pathVerdict(
  counts: Readonly<Record<PathFinding, number>>,
  { copy, origin, plan }: Ends,
): Pick<PathLedger, 'verdict' | 'notes'> {
  if (plan.retention !== 'limits') {
    const note = `a ${plan.retention} stream keeps nothing once it is consumed: its copy is not held against it`
    return { verdict: 'pass', notes: [note] }
  }
  const failures = faults.flatMap(([finding, tell]) => (counts[finding] > 0 ? [tell(messages(counts[finding]))] : []))
  const open = [
    ...(counts.queued > 0 ? [`${messages(counts.queued)} still queued for the copy when the drain ended`] : []),
    ...(copy.outcome === 'unfinished' ? [`the copy was read up to sequence ${copy.reached} only`] : []),
    ...(origin.outcome === 'unfinished' ? [`the origin was read up to sequence ${origin.reached} only`] : []),
  ]
  const notes = [
    ...(copy.outcome === 'missing' ? ['the copy does not exist any more'] : []),
    ...failures,
    ...open,
    ...(counts.outlived > 0 ? [`${messages(counts.outlived)} in the copy and no longer in the origin`] : []),
  ]
  return { verdict: failures.length > 0 ? 'fail' : open.length > 0 ? 'unknown' : 'pass', notes }
}

function messages(count: number): string {
  return plural(count, 'message')
}
