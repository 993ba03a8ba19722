import type { Report, ServiceRecord } from '../schema.ts'
import { type RestartRow, restartColumns, restartRows } from '../tables/restarts.ts'
import { activeFact, instanceColumns, stateRemarks, troubleRemarks } from '../tables/services.ts'
import { andMore, firstOf, type Paper, paragraph, remarkLines, type Section } from './paper.ts'
import { layTable } from './table.ts'

const mostInstances = 12
const mostRestarts = 12
const mostDifferences = 4
const shownLines = 3

/** How the script's own services did, instance by instance. */
export const services: Section = (report, paper) => [
  ...(report.services ?? []).flatMap((service) => ofService(report, service, paper)),
  ...restarts(report, paper),
]

function ofService(report: Report, service: ServiceRecord, paper: Paper): string[] {
  const { first, more } = firstOf(service.instances, mostInstances)
  const state = stateRemarks(service, mostDifferences)
  return [
    ...layTable(instanceColumns(report, service), first, paper).lines,
    ...andMore(more, 'instances in the report', paper),
    paper.paint.dim(`  ${activeFact(service)}`),
    ...remarkLines(state, state.length, '', paper),
    ...troubleRemarks(service, shownLines).flatMap(({ remark, log }) => [
      ...remarkLines([remark], 1, '', paper),
      ...log.flatMap((line) => paragraph('      ', line, paper, paper.paint.dim)),
    ]),
  ]
}

/** Those that went wrong are shown, whatever is left out. */
function restarts(report: Report, paper: Paper): string[] {
  const rows = restartRows(report)
  if (rows.length === 0) return []
  const bad = ({ error, lostRequests = 0 }: RestartRow) => error !== undefined || lostRequests > 0
  const { first, more } = firstOf([...rows.filter(bad), ...rows.filter((row) => !bad(row))], mostRestarts)
  return ['', ...layTable(restartColumns(rows), first, paper).lines, ...andMore(more, 'restarts in the report', paper)]
}
