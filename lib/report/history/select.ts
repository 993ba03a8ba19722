import { counted } from '../numbers.ts'
import { verdictWords } from '../words.ts'
import type { HistoryRun } from './run.ts'

/** By when a build was first run, or by its label, numbers in it as numbers. */
export type HistoryOrder = 'time' | 'label'

export interface Build {
  readonly label: string
  /** Oldest first. */
  readonly runs: readonly HistoryRun[]
}

/**
 * The runs that may be in one line, by build: of the setups that there are, those of the one with most builds, of two such
 * the newer one. Says of the others why they are left out.
 */
export function selectRuns(
  all: readonly HistoryRun[],
  order: HistoryOrder,
): { readonly builds: readonly Build[]; readonly leftOut: readonly string[] } {
  const sorted = all.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
  const once = sorted.filter(({ id }, index) => sorted.findIndex((other) => other.id === id) === index)
  const usable = once.filter((run) => run.usable)
  const setups = [...grouped(usable, ({ setup }) => JSON.stringify(setup)).values()]
  const most = setups.toSorted((a, b) => buildsIn(b) - buildsIn(a) || newest(b).localeCompare(newest(a)))[0] ?? []
  const labelled = [...grouped(most, ({ build }) => build)].map(([label, runs]) => {
    const { servers } = runs.at(-1)!
    return {
      label,
      runs: runs.filter((run) => run.servers === servers),
      others: runs.filter((run) => run.servers !== servers),
    }
  })
  const builds = order === 'time' ? labelled : labelled.toSorted((a, b) => byNumbers.compare(a.label, b.label))
  const twice = sorted.length - once.length
  return {
    builds,
    leftOut: [
      ...(twice > 0 ? [`Left out: ${counted(twice, 'report')} of runs that are there already.`] : []),
      ...[...grouped(once, ({ usable, verdict }) => (usable ? '' : verdictWords[verdict]))].flatMap(
        ([verdict, runs]) =>
          verdict === '' ? [] : [`Left out: ${counted(runs.length, 'run')} that ended ${verdict}, ${ofBuilds(runs)}.`],
      ),
      ...setups
        .filter((runs) => runs !== most)
        .map((runs) => `Left out: ${counted(runs.length, 'run')} ${ofBuilds(runs)}: ${differing(most[0]!, runs[0]!)}.`),
      ...labelled.flatMap(({ label, runs, others }) =>
        others.length === 0
          ? []
          : [
              `Left out: ${counted(others.length, 'run')} of build ${label} with ${others[0]!.servers} instead of ${runs[0]!.servers}.`,
            ],
      ),
    ],
  }
}

const byNumbers = new Intl.Collator('en', { numeric: true })

export function grouped<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

function buildsIn(runs: readonly HistoryRun[]): number {
  return new Set(runs.map(({ build }) => build)).size
}

function newest(runs: readonly HistoryRun[]): string {
  return runs.at(-1)!.startedAt
}

const mostNamed = 5

function ofBuilds(runs: readonly HistoryRun[]): string {
  return `of ${namesOf([...new Set(runs.map(({ build }) => build))])}`
}

/** `build v1`, `builds v1, v2 and 3 more`: the first few. */
export function namesOf(labels: readonly string[]): string {
  const more = labels.length > mostNamed ? ` and ${labels.length - mostNamed} more` : ''
  return `${labels.length === 1 ? 'build' : 'builds'} ${labels.slice(0, mostNamed).join(', ')}${more}`
}

function differing(one: HistoryRun, other: HistoryRun): string {
  const what = Object.keys(one.setup).filter((name) => one.setup[name] !== other.setup[name])
  return `they differ in ${what.join(', ')}`
}
