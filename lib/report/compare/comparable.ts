import { show } from '../../show.ts'
import type { Report } from '../schema.ts'
import { verdictWords } from '../words.ts'

/** What must be alike in all runs for a difference to be the build's. */
const alike: readonly { readonly what: string; readonly of: (report: Report) => unknown }[] = [
  { what: 'scenario script (sha256)', of: ({ plan }) => plan.script.sha256 },
  { what: 'time scale', of: ({ plan }) => plan.options.timeScale },
  {
    what: 'phases (names, durations, rates)',
    of: ({ plan }) => plan.phases.map(({ name, durationMs, executor }) => ({ name, durationMs, executor })),
  },
  { what: 'host', of: ({ environment }) => environment.hostname },
  { what: 'CPU', of: ({ environment: { cpu, cores } }) => `${cpu} × ${cores}` },
  { what: 'Squall version', of: ({ environment }) => environment.squall },
  { what: 'pacing', of: ({ pacing }) => pacing },
  { what: 'Toxiproxy', of: ({ toxiproxy }) => toxiproxy.kind },
]

const unusable = new Set(['invalid', 'interrupted', 'error'])

/** Why two sides should not be compared, as whole sentences; none when they may be. */
export function obstacles(base: readonly Report[], head: readonly Report[]): string[] {
  const all = [...base, ...head]
  const found = all
    .filter(({ result }) => unusable.has(result.verdict))
    .map(({ id, result }) => `Run ${id} was ${verdictWords[result.verdict]}: its numbers do not measure the system.`)
  const ids = all.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) found.push(`Run ${twice} is there twice; each run counts once.`)
  for (const { what, of } of alike) {
    const first = all[0]
    const other = all.find((report) => first && JSON.stringify(of(report)) !== JSON.stringify(of(first)))
    if (first && other) {
      found.push(`The ${what} differs: ${show(of(first))} in run ${first.id}, ${show(of(other))} in run ${other.id}.`)
    }
  }
  return found
}
