import { describeFault, type FaultLogEntry } from '../../faults/index.ts'
import { formatDuration } from '../../measure/index.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { layTable } from './table.ts'

const most = 6

/** The fault log: what was done, when it was seen to be in force and gone, and how long recovery took. */
export const faults: Section = ({ faults: entries }, paper) => {
  if (entries.length === 0) return []
  const { paint } = paper
  const { first, more } = firstOf(entries, most)
  const table = layTable<FaultLogEntry>(
    [
      { title: 'Faults', align: 'left', text: ({ id }) => id, paint: () => paint.fault },
      { title: 'what', align: 'left', text: ({ fault }) => describeFault(fault), shrinks: true },
      { title: 'applied', align: 'right', text: ({ appliedAt }) => moment(appliedAt), paint: alarm('appliedAt') },
      { title: 'healed', align: 'right', text: ({ healedAt }) => moment(healedAt), paint: alarm('healedAt') },
      { title: 'recovery', align: 'right', text: recovery, paint: alarm('recoveryMs') },
    ],
    first,
    paper,
  )
  const errors = entries.filter(({ error }) => error !== undefined)
  return [
    ...table.lines,
    ...andMore(more, 'faults in the report', paper),
    ...firstOf(errors, 3).first.flatMap(({ id, error }) => paragraph('  ✗ ', `${id}: ${error}`, paper, paint.bad)),
  ]

  function alarm(field: 'appliedAt' | 'healedAt' | 'recoveryMs') {
    return (entry: FaultLogEntry) => (entry[field] === undefined ? paint.caution : undefined)
  }
}

function moment(at: number | undefined): string {
  return at === undefined ? 'never' : formatDuration(at)
}

function recovery({ recoveryMs, healedAt }: FaultLogEntry): string {
  if (recoveryMs !== undefined) return formatDuration(recoveryMs)
  return healedAt === undefined ? '–' : 'not seen'
}
