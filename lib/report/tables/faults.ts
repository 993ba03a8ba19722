import { describeFault, describeTarget, type FaultLogEntry, hasTarget, isBetweenNodes } from '../../faults/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { counted } from '../numbers.ts'
import type { FaultRecord } from '../schema.ts'
import type { Column } from './column.ts'
import type { Remark } from './remark.ts'

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
  if (isBetweenNodes(fault)) return parts === undefined ? words : `${words} → ${parts}`
  // A link's name, or a service's, says all.
  if (!hasTarget(fault) || targets.length === 0) return words
  const hit = targets.join(', ')
  return hit === describeTarget(fault.target) ? words : `${words} → ${hit}`
}

function moment(at: number | undefined): string {
  return at === undefined ? 'never' : formatDuration(at)
}

const mostRoutes = 4

/** What proved the partitions. */
export function faultProofs(faults: readonly FaultLogEntry[]): Remark[] {
  return faults.flatMap(({ id, targets, proof, ...times }): Remark[] => {
    if (proof === undefined) return []
    const routes = targets.length <= mostRoutes ? targets.join(', ') : counted(targets.length, 'route')
    return [{ mark: '·', tone: 'dim', text: `${id} on ${routes}: ${proof}${lasted(times)}` }]
  })
}

/** As planned, and as it was confirmed at both its ends. */
function lasted({ plannedMs, appliedAt, healingAt }: Partial<FaultLogEntry>): string {
  if (plannedMs === undefined || appliedAt === undefined || healingAt === undefined) return ''
  return `; planned for ${formatDuration(plannedMs)}, in force for ${formatDuration(healingAt - appliedAt)}`
}

/** For what somebody would have been called. */
export function faultInterventions(faults: readonly FaultRecord[]): Remark[] {
  return faults.flatMap(({ intervention }): Remark[] =>
    intervention === undefined ? [] : [{ mark: '!', tone: 'caution', text: `manual intervention: ${intervention}` }],
  )
}

/** What went wrong in applying or healing them. */
export function faultErrors(faults: readonly FaultLogEntry[]): Remark[] {
  return faults.flatMap(({ id, error }): Remark[] =>
    error === undefined ? [] : [{ mark: '✗', tone: 'bad', text: `${id}: ${error}` }],
  )
}
