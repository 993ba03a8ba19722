import { counted } from '../numbers.ts'
import { faultColumns } from '../tables/faults.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { layTable } from './table.ts'

const most = 6
const mostRoutes = 4

/** The fault log, what proved the partitions in it, and what went wrong with any of them. */
export const faults: Section = (report, paper) => {
  const { faults: entries } = report
  if (entries.length === 0) return []
  const { paint } = paper
  const { first, more } = firstOf(entries, most)
  const proved = first.filter(({ proof }) => proof !== undefined)
  const errors = entries.filter(({ error }) => error !== undefined)
  return [
    ...layTable(faultColumns(), first, paper).lines,
    ...andMore(more, 'faults in the report', paper),
    ...proved.flatMap(({ id, targets, proof }) =>
      paragraph('  · ', `${id} on ${routesOf(targets)}: ${proof}`, paper, paint.dim),
    ),
    ...firstOf(errors, 3).first.flatMap(({ id, error }) => paragraph('  ✗ ', `${id}: ${error}`, paper, paint.bad)),
  ]
}

function routesOf(targets: readonly string[]): string {
  return targets.length <= mostRoutes ? targets.join(', ') : counted(targets.length, 'route')
}
