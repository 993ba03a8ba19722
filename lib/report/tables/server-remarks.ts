import { formatDuration, formatSize } from '../../measure/index.ts'
import type { LeakedResource, Outages } from '../../observe/index.ts'
import { exact } from '../numbers.ts'
import type { Report, ServersObserved, Verdict } from '../schema.ts'
import type { Remark } from './remark.ts'
import { watched } from './servers.ts'

/** Are the servers worth a word in a summary: are there several, or had one trouble? */
export function isWorthShowing({ availability, quorum, leaks }: ServersObserved): boolean {
  const failed = [...Object.values(availability), ...Object.values(quorum)].some(({ count }) => count > 0)
  return Object.keys(availability).length > 1 || failed || leaks.length > 0
}

/** What was down or without quorum when the run ended: nothing that the servers did by themselves brought it back. */
export function lastTroubles({ result }: Report, observed: ServersObserved): Remark[] {
  const { availability, quorum, interventions } = observed
  const bad = (text: string): Remark => ({ mark: '✗', tone: 'bad', text })
  const downAmong = (peers?: readonly string[]) =>
    atEnd(availability)
      .filter(({ name }) => peers?.includes(name) ?? true)
      .map(({ name, since }) => `${name} down since ${formatDuration(since)}`)
  const lost = atEnd(quorum)
  if (lost.length === 0) {
    const down = downAmong()
    return down.length === 0 ? [] : [bad(`when the run ended: ${down.join(', ')}`)]
  }
  const whatToDo = (group: string) => {
    const down = downAmong(interventions?.find((one) => one.group === group && one.to === undefined)?.down)
    if (down.length === 0) return 'all of its peers answer, so look at the routes between them'
    return `${down.join(', ')}: start ${down.length === 1 ? 'it' : 'them'} until more than half of its peers answer`
  }
  return lost.map(({ name, since }) => {
    const what = `${name} without quorum since ${formatDuration(since)}`
    return bad(
      ranToItsEnd(result.verdict)
        ? `manual intervention needed: ${what}; ${whatToDo(name)}`
        : `when the run was ended: ${what}`,
    )
  })
}

/** Quorum that came back only because the faults were healed: without that somebody would have had to. */
export function pastTroubles({ interventions = [] }: ServersObserved): Remark[] {
  return interventions.flatMap(({ group, from, to, down, whatToDo }): Remark[] => {
    if (to === undefined) return []
    const lost = `${group} without quorum from ${formatDuration(from)} to ${formatDuration(to)}, ${down.join(', ')} down`
    const text = `manual intervention needed, had the faults not been healed: ${lost}; ${whatToDo}`
    return [{ mark: '!', tone: 'caution', text }]
  })
}

const resources: Readonly<Record<LeakedResource, readonly [name: string, format: (value: number) => string]>> = {
  rssBytes: ['memory', formatSize],
  fds: ['open files', exact],
  connections: ['connections', exact],
  goroutines: ['goroutines', exact],
}

export function leakRemarks({ leaks }: ServersObserved): Remark[] {
  return leaks.map(({ process, resource, baseline, recovery, limit }) => {
    const [name, format] = resources[resource]
    const numbers = `${format(recovery)} at the end, ${format(baseline)} before the faults`
    const text = `${process} may leak ${name}: ${numbers}; up to ${format(limit)} is not called a leak`
    return { mark: '!', tone: 'caution', text }
  })
}

/** Servers that were given no time to come back, or lost their proxies, may need nobody. */
function ranToItsEnd(verdict: Verdict): boolean {
  return verdict === 'passed' || verdict === 'failed' || verdict === 'unknown'
}

function atEnd(outages: Readonly<Record<string, Outages>>): { name: string; since: number }[] {
  return watched(outages).flatMap(({ name, outages: { spans } }) => {
    const last = spans.at(-1)
    return last && last.to === undefined ? [{ name, since: Math.max(0, last.from) }] : []
  })
}
