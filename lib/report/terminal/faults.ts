import { faultColumns, faultErrors, faultInterventions, faultProofs } from '../tables/faults.ts'
import { andMore, firstOf, remarkLines, type Section } from './paper.ts'
import { layTable } from './table.ts'

const most = 6
const mostErrors = 3

/** The fault log, what proved the partitions in it, and what went wrong with any of them. */
export const faults: Section = (report, paper) => {
  const { faults: entries } = report
  if (entries.length === 0) return []
  const { first, more } = firstOf(entries, most)
  return [
    ...layTable(faultColumns(), first, paper).lines,
    ...andMore(more, 'faults in the report', paper),
    ...remarkLines(faultProofs(first), most, 'proofs in the report', paper),
    ...remarkLines(faultInterventions(entries), mostErrors, 'interventions in the report', paper),
    ...remarkLines(faultErrors(entries), mostErrors, 'errors in the report', paper),
  ]
}
