import { formatDuration, formatSize } from '../../measure/index.ts'
import type { LeakedResource, LeakFinding, Outages } from '../../observe/index.ts'
import { exact } from '../numbers.ts'
import type { Report, ServersObserved, Verdict } from '../schema.ts'
import { groupColumns, nodeColumns, watched } from '../tables/servers.ts'
import { andMore, firstOf, type Paper, paragraph, type Section } from './paper.ts'
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
    ...troubleLines(report, observed, paper),
    ...pastTroubleLines(observed, paper),
    ...leakLines(observed, paper),
  ]
}

function isWorthShowing({ availability, quorum, leaks }: ServersObserved): boolean {
  const failed = [...Object.values(availability), ...Object.values(quorum)].some(({ count }) => count > 0)
  return Object.keys(availability).length > 1 || failed || leaks.length > 0
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

/** What was down or without quorum when the run ended: nothing that the servers did by themselves brought it back. */
function troubleLines({ result }: Report, { availability, quorum }: ServersObserved, paper: Paper): string[] {
  const bad = (text: string) => paragraph('  ✗ ', text, paper, paper.paint.bad)
  const down = atEnd(availability).map(({ name, since }) => `${name} down since ${formatDuration(since)}`)
  const { first, more } = firstOf(atEnd(quorum), mostFindings)
  if (first.length === 0) return down.length === 0 ? [] : bad(`when the run ended: ${down.join(', ')}`)
  const whatToDo =
    down.length > 0
      ? `${down.join(', ')}: start them until more than half of its peers answer`
      : 'all nodes answer, so look at the routes between them'
  const tell = (lost: string) =>
    ranToItsEnd(result.verdict) ? `manual intervention needed: ${lost}; ${whatToDo}` : `when the run was ended: ${lost}`
  return [
    ...first.flatMap(({ name, since }) => bad(tell(`${name} without quorum since ${formatDuration(since)}`))),
    ...andMore(more, 'groups without quorum', paper),
  ]
}

/** Quorum that came back only because the faults were healed: without that somebody would have had to. */
function pastTroubleLines({ interventions = [] }: ServersObserved, paper: Paper): string[] {
  const past = interventions.flatMap(({ to, ...one }) => (to === undefined ? [] : [{ ...one, to }]))
  const { first, more } = firstOf(past, mostFindings)
  return [
    ...first.flatMap(({ group, from, to, down, whatToDo }) =>
      paragraph(
        '  ! ',
        `manual intervention needed, had the faults not been healed: ${group} without quorum from ${formatDuration(from)} to ${formatDuration(to)}, ${down.join(', ')} down; ${whatToDo}`,
        paper,
        paper.paint.caution,
      ),
    ),
    ...andMore(more, 'losses of quorum', paper),
  ]
}

/** Servers that were given no time to come back, or lost their proxies, may need nobody. */
function ranToItsEnd(verdict: Verdict): boolean {
  return verdict === 'passed' || verdict === 'failed' || verdict === 'unknown'
}

const resources: Readonly<Record<LeakedResource, readonly [name: string, format: (value: number) => string]>> = {
  rssBytes: ['memory', formatSize],
  fds: ['open files', exact],
  connections: ['connections', exact],
  goroutines: ['goroutines', exact],
}

function leakLines({ leaks }: ServersObserved, paper: Paper): string[] {
  const { first, more } = firstOf(leaks, mostFindings)
  const tell = ({ process, resource, baseline, recovery, limit }: LeakFinding) => {
    const [name, format] = resources[resource]
    const numbers = `${format(recovery)} at the end, ${format(baseline)} before the faults`
    return `${process} may leak ${name}: ${numbers}; up to ${format(limit)} is not called a leak`
  }
  return [
    ...first.flatMap((leak) => paragraph('  ! ', tell(leak), paper, paper.paint.caution)),
    ...andMore(more, 'leaks suspected', paper),
  ]
}

function atEnd(outages: Readonly<Record<string, Outages>>): { name: string; since: number }[] {
  return watched(outages).flatMap(({ name, outages: { spans } }) => {
    const last = spans.at(-1)
    return last && last.to === undefined ? [{ name, since: Math.max(0, last.from) }] : []
  })
}
