import { describeFault, describeTarget, type FaultLogEntry, isLinkFault } from '../../faults/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { counted } from './numbers.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { type Column, layTable } from './table.ts'

const most = 6
const mostRoutes = 4

/** The fault log: what was done, when it was seen to be in force and gone, and how long recovery took. */
export const faults: Section = ({ faults: entries, servers }, paper) => {
  if (entries.length === 0) return []
  const { paint } = paper
  const { first, more } = firstOf(entries, most)
  const replicas: Column<FaultLogEntry> = {
    title: 'replicas',
    align: 'right',
    text: ({ replicasCurrentMs, healedAt }) => afterHeal(replicasCurrentMs, healedAt),
    paint: alarm('replicasCurrentMs'),
    worth: 1,
  }
  const table = layTable<FaultLogEntry>(
    [
      { title: 'Faults', align: 'left', text: ({ id }) => id, paint: () => paint.fault },
      { title: 'what', align: 'left', text: what, shrinks: true },
      { title: 'applied', align: 'right', text: ({ appliedAt }) => moment(appliedAt), paint: alarm('appliedAt') },
      { title: 'healed', align: 'right', text: ({ healedAt }) => moment(healedAt), paint: alarm('healedAt') },
      {
        title: 'recovery',
        align: 'right',
        text: ({ recoveryMs, healedAt }) => afterHeal(recoveryMs, healedAt),
        paint: alarm('recoveryMs'),
      },
      ...(servers.length > 1 ? [replicas] : []),
    ],
    first,
    paper,
  )
  const proved = first.filter(({ proof }) => proof !== undefined)
  const errors = entries.filter(({ error }) => error !== undefined)
  return [
    ...table.lines,
    ...andMore(more, 'faults in the report', paper),
    ...proved.flatMap(({ id, targets, proof }) =>
      paragraph('  · ', `${id} on ${routesOf(targets)}: ${proof}`, paper, paint.dim),
    ),
    ...firstOf(errors, 3).first.flatMap(({ id, error }) => paragraph('  ✗ ', `${id}: ${error}`, paper, paint.bad)),
  ]

  function alarm(field: 'appliedAt' | 'healedAt' | 'recoveryMs' | 'replicasCurrentMs') {
    return (entry: FaultLogEntry) => (entry[field] === undefined ? paint.caution : undefined)
  }
}

/** What it was meant for, and what that was when it fired. */
function what({ fault, targets }: FaultLogEntry): string {
  const words = describeFault(fault)
  // A partition's targets are the routes that it cut, and its proof speaks of them; a link's name says all.
  if (isLinkFault(fault) || fault.kind === 'partition' || targets.length === 0) return words
  const hit = targets.join(', ')
  return hit === describeTarget(fault.target) ? words : `${words} → ${hit}`
}

function routesOf(targets: readonly string[]): string {
  return targets.length <= mostRoutes ? targets.join(', ') : counted(targets.length, 'route')
}

function moment(at: number | undefined): string {
  return at === undefined ? 'never' : formatDuration(at)
}

function afterHeal(ms: number | undefined, healedAt: number | undefined): string {
  if (ms !== undefined) return formatDuration(ms)
  return healedAt === undefined ? '–' : 'not seen'
}
