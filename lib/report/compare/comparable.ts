import { show } from '../../show.ts'
import type { Report } from '../schema.ts'
import { verdictWords } from '../words.ts'

/** What may be said to be what the sides differ in: it must then be alike within each side. */
export const variable = ['script', 'env', 'toxiproxy', 'driver', 'time-scale', 'phases', 'pacing'] as const
export type Variable = (typeof variable)[number]

interface Alike {
  readonly what: string
  readonly of: (report: Report) => unknown
  readonly name?: Variable
  /** Builds differ in it; the runs of one do not. */
  readonly within?: true
}

/** What must be alike in all runs for a difference to be the build's. */
const alike: readonly Alike[] = [
  { name: 'script', what: 'scenario script (sha256)', of: ({ plan }) => plan.script.sha256 },
  { name: 'env', what: '--env', of: ({ plan }) => Object.fromEntries(Object.entries(plan.options.env).sort()) },
  { name: 'time-scale', what: 'time scale', of: ({ plan }) => plan.options.timeScale },
  {
    name: 'phases',
    what: 'phases (names, durations, rates)',
    of: ({ plan }) => plan.phases.map(({ name, durationMs, executor }) => ({ name, durationMs, executor })),
  },
  { what: 'host', of: ({ environment }) => environment.hostname },
  { name: 'driver', what: 'driver', of: ({ environment }) => environment.driver ?? 'process' },
  { what: 'CPU', of: ({ environment: { cpu, cores } }) => `${cpu} × ${cores}` },
  { what: 'Squall version', of: ({ environment }) => environment.squall },
  { name: 'pacing', what: 'pacing', of: ({ pacing }) => pacing },
  { name: 'toxiproxy', what: 'Toxiproxy', of: ({ toxiproxy }) => toxiproxy.kind },
  { within: true, what: 'nats-server', of: serversOf },
]

const unusable = new Set(['invalid', 'interrupted', 'error'])

/** Do a run's numbers measure the system? */
export function isUsable({ result }: Report): boolean {
  return !unusable.has(result.verdict)
}

/** What must be alike in all runs that are held against each other, whatever their builds: by its name. */
export function setupOf(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    alike.filter(({ within }) => !within).map(({ what, of }) => [what, JSON.stringify(of(report))]),
  )
}

/** The servers' binaries, alike in all runs of one build. */
export function serversOf({ servers }: Report): string {
  return [...new Set(servers.map(binaryOf))].sort().join(', ')
}

/** Why two sides should not be compared, as whole sentences; none when they may be. What is `varied` may differ. */
export function obstacles(
  base: readonly Report[],
  head: readonly Report[],
  varied: readonly Variable[] = [],
): string[] {
  const all = [...base, ...head]
  const found = all
    .filter((report) => !isUsable(report))
    .map(({ id, result }) => `Run ${id} was ${verdictWords[result.verdict]}: its numbers do not measure the system.`)
  const ids = all.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) found.push(`Run ${twice} is there twice; each run counts once.`)
  for (const { what, of, name, within = false } of alike) {
    const mayDiffer = within || (name !== undefined && varied.includes(name))
    for (const group of mayDiffer ? [base, head] : [all]) {
      const first = group[0]
      const other = group.find((report) => first && JSON.stringify(of(report)) !== JSON.stringify(of(first)))
      if (!first || !other) continue
      const where = mayDiffer ? ' within one side' : ''
      found.push(
        `The ${what} differs${where}: ${show(of(first))} in run ${first.id}, ${show(of(other))} in run ${other.id}.`,
      )
    }
  }
  return found
}

function binaryOf({ version, sha256 }: Report['servers'][number]): string {
  return `${version} (sha256 ${sha256.slice(0, 12)})`
}
