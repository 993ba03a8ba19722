import { describeFault, describeTarget, type FaultLogEntry, isLinkFault } from '../../faults/index.ts'
import { formatDuration } from '../../measure/index.ts'
import type { Column } from './column.ts'

/** The fault log: what was done, when it was seen to be in force and gone. */
export function faultColumns(): Column<FaultLogEntry>[] {
  return [
    { title: 'Faults', align: 'left', text: ({ id }) => id, tone: () => 'fault' },
    { title: 'what', align: 'left', text: what, shrinks: true },
    { title: 'applied', align: 'right', text: ({ appliedAt }) => moment(appliedAt), tone: alarm('appliedAt') },
    { title: 'healed', align: 'right', text: ({ healedAt }) => moment(healedAt), tone: alarm('healedAt') },
  ]
}

function alarm(field: 'appliedAt' | 'healedAt') {
  return (entry: FaultLogEntry) => (entry[field] === undefined ? 'caution' : undefined)
}

/** What it was meant for, and what that was when it fired. */
function what({ fault, targets, parts }: FaultLogEntry): string {
  const words = describeFault(fault)
  // A partition's targets are the routes that it cut, and its proof speaks of them.
  if (!isLinkFault(fault) && fault.kind === 'partition') return parts === undefined ? words : `${words} → ${parts}`
  // A link's name says all.
  if (isLinkFault(fault) || targets.length === 0) return words
  const hit = targets.join(', ')
  return hit === describeTarget(fault.target) ? words : `${words} → ${hit}`
}

function moment(at: number | undefined): string {
  return at === undefined ? 'never' : formatDuration(at)
}
