import { formatDuration } from '../../measure/index.ts'
import type { Report, ServersObserved } from '../schema.ts'
import { isWorthShowing, lastTroubles, leakRemarks, pastTroubles } from '../tables/server-remarks.ts'
import { groupColumns, nodeColumns, watched } from '../tables/servers.ts'
import { andMore, firstOf, type Paper, remarkLines, type Section } from './paper.ts'
import { layTable } from './table.ts'
import { clean, flow } from './text.ts'

const mostNodes = 9
const mostGroups = 6
const mostFindings = 4
const lastChanges = 3

/** What was seen of the servers, where there are several or one had trouble. */
export const servers: Section = (report, paper) => {
  const { observed } = report
  if (!observed || !isWorthShowing(observed)) return []
  return [
    ...nodeTable(report, observed, paper),
    ...groupTable(report, observed, paper),
    ...leaderLines(observed, paper),
    ...remarkLines(lastTroubles(report, observed), mostFindings, 'groups without quorum', paper),
    ...remarkLines(pastTroubles(observed), mostFindings, 'losses of quorum', paper),
    ...remarkLines(leakRemarks(observed), mostFindings, 'leaks suspected', paper),
  ]
}

function nodeTable(report: Report, { availability }: ServersObserved, paper: Paper): string[] {
  const { first, more } = firstOf(watched(availability), mostNodes)
  return [...layTable(nodeColumns(report), first, paper).lines, ...andMore(more, 'servers in the report', paper)]
}

function groupTable(report: Report, observed: ServersObserved, paper: Paper): string[] {
  const groups = watched(observed.quorum)
  if (groups.length === 0) return []
  const { first, more } = firstOf(groups, mostGroups)
  return [
    ...layTable(groupColumns(report, observed), first, paper).lines,
    ...andMore(more, 'groups in the report', paper),
  ]
}

/** The last few: who took over from whom, and when. */
function leaderLines({ leaderChanges }: ServersObserved, { paint, width }: Paper): string[] {
  if (leaderChanges.length === 0) return []
  const earlier = leaderChanges.length - lastChanges
  const parts = leaderChanges
    .slice(-lastChanges)
    .map(({ group, from, to, at }) => `${clean(group)} ${from} → ${to} at ${formatDuration(at)}`)
  const title = earlier > 0 ? 'last leader changes:' : 'leader changes:'
  return flow([`${title} ${parts[0]}`, ...parts.slice(1)], ' · ', width - 2).map((line) => paint.dim(`  ${line}`))
}
