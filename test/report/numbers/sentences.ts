import { formatDuration, formatSize } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { counted } from '../../../lib/report/numbers.ts'
import { chartSentences } from './chart-sentences.ts'
import { ledgerSentences } from './ledger-sentences.ts'
import { oneLine } from './shown.ts'

/** What is said outside tables and has a number in it: as both outputs say it, and as one of them does. */
export interface Sentences {
  readonly both: readonly string[]
  readonly page: readonly string[]
  readonly markdown: readonly string[]
}

/** Words that hold numbers of no run. */
const fixed = {
  both: [],
  page: [
    'Double click, or 0, goes back',
    // Of percentiles and of the recovery table's legend, where these are there.
    'p99 in each second, from the intended start.',
    '>9s: 9s waited for in vain',
  ],
  markdown: ['>9s: 9s waited for in vain'],
}

/** Each sentence made from the report by this test itself. */
export function sentencesOf(report: Report): Sentences {
  const { plan, result, build, thresholds, startedAt, durationMs, environment: on, generator, warnings } = report
  const ran = `${formatDuration(durationMs)} from ${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC · build ${build.label}${build.dirty ? ' (dirty)' : ''}`
  const lags = generator.phases.flatMap(({ lagP99 }) => lagP99 ?? [])
  const turns = generator.phases.map(({ maxTurnMs }) => maxTurnMs)
  const remarks = generator.phases.flatMap(({ phase, invalid, caution }) =>
    invalid || caution ? [`${phase}: ${invalid ?? caution}`] : [],
  )
  const made = `Generator: at most ${formatDuration(Math.max(...lags))} late at p99 · longest turn ${formatDuration(Math.max(...turns))} · nothing dropped`
  return {
    both: [
      ...(result.verdict === 'passed' ? [`${counted(thresholds.length, 'threshold')} held`] : []),
      ...result.reasons,
      made,
      ...remarks,
      ...warnings,
      ...connections(report),
      ...proofs(report),
      ...services(report),
      ...metaAbsence(report),
      ...ledgerSentences(report),
    ],
    page: [
      ...chartSentences(report),
      ...fixedIn(report, 'page'),
      ...(result.exitCode === 0 ? [] : [`(exit ${result.exitCode})`]),
      plan.options.timeScale === 1 ? ran : `${ran} · time scale ${plan.options.timeScale}`,
      `· ${build.label}`,
      `script ${plan.script.path}, sha256 ${plan.script.sha256}`,
      `seed ${plan.options.seed}`,
      `machine ${on.hostname}, ${on.cpu}, ${on.cores} cores, ${formatSize(on.memoryBytes)}`,
      `system ${on.os} ${on.kernel} ${on.arch}`,
      `Squall ${on.squall} on Node.js ${on.node}`,
      `Toxiproxy ${report.toxiproxy.kind} ${report.toxiproxy.version}`,
      `Made by Squall ${on.squall} from the report of run ${report.id} alone.`,
      ...report.servers.flatMap(({ name, version, syncInterval, sha256, logTail }) => [
        `${name} nats-server ${version}, sync ${syncInterval}, sha256 ${sha256}`,
        ...(logTail.length > 0 ? [`last lines of ${name}’s log ${logTail.join('\n')}`] : []),
      ]),
      `the plan, as data ${JSON.stringify(plan, null, 2)}`,
      `${counted(report.events.length, 'event')} of the clients`,
      ...report.events.map(
        ({ at, client, kind, detail = '' }) => `${(at / 1_000).toFixed(3)} s: ${client} ${kind} ${detail}`,
      ),
      ...leaderChanges(report),
    ],
    markdown: [
      ...fixedIn(report, 'markdown'),
      ran,
      ...new Set(report.servers.map((one) => `nats-server ${one.version} (sync ${one.syncInterval})`)),
      `${report.toxiproxy.kind} toxiproxy ${report.toxiproxy.version} · squall ${on.squall} · node ${on.node} · ${counted(on.cores, 'core')} · seed ${plan.options.seed}`,
    ],
  }
}

function fixedIn(report: Report, output: 'page' | 'markdown'): string[] {
  const has = (sentence: string) =>
    sentence.startsWith('>9s')
      ? report.faults.some(({ recovery }) => recovery)
      : report.timeline.at.length > 0 && (!sentence.startsWith('p99') || report.plan.topology?.kind === 'regions')
  return fixed[output].filter(has)
}

function leaderChanges({ observed }: Report): string[] {
  const { leaderChanges = [] } = observed ?? {}
  if (leaderChanges.length === 0) return []
  return [
    counted(leaderChanges.length, 'leader change'),
    ...leaderChanges.map(({ at, group, from, to }) => `${formatDuration(at)}: ${group} from ${from} to ${to}`),
  ]
}

function connections({ events }: Report): string[] {
  const said = (kind: string) => {
    const of = events.filter((event) => event.kind === kind)
    return of.length === 0 ? [] : [counted(of.length, kind)]
  }
  const all = [...said('disconnect'), ...said('reconnect')]
  return all.length === 0 ? [] : [`clients saw ${all.join(', ')}`]
}

/** Derived: how long it was in force, from the moment that it was confirmed to the one when its healing began. */
function proofs({ faults }: Report): string[] {
  return faults.flatMap(({ id, targets, proof, plannedMs, appliedAt, healingAt }) => {
    if (proof === undefined) return []
    const what = `${id} on ${targets.join(', ')}: ${proof}`
    if (plannedMs === undefined) return [what]
    return [
      `${what}; planned for ${formatDuration(plannedMs)}, in force for ${formatDuration(healingAt! - appliedAt!)}`,
    ]
  })
}

function services({ services = [] }: Report): string[] {
  return services.flatMap(({ name, leastActive, instances, state }) => [
    `at least ${leastActive} of ${instances.length} active at all times`,
    ...(state
      ? [
          `${name}: state kept over restarts; ${[...state.buckets, ...state.streams].join(', ')} read ${state.looks} times`,
        ]
      : []),
  ])
}

/** Where one group for all regions was without a leader. */
function metaAbsence({ plan, observed, durationMs }: Report): string[] {
  const lost = observed?.quorum._meta_
  if (plan.topology?.kind !== 'regions' || plan.topology.via !== 'gateways' || !lost || lost.count === 0) return []
  const spans = lost.spans.map(({ from, to = durationMs }) => `${formatDuration(from)} to ${formatDuration(to)}`)
  const length = formatDuration(durationMs)
  const isOver = lost.spans.some(({ to = durationMs }) => to > durationMs)
  const times = `${formatDuration(lost.totalMs)}${isOver ? '' : ` of ${length}`}, ${counted(lost.count, 'time')}`
  const end = isOver ? `; the load ended at ${length}` : ''
  return [`_meta_ had no leader with a majority for ${times} (${spans.join(', ')}${end})`]
}

export interface Unaccounted {
  /** Said by the report, and not by the output. */
  readonly missing: readonly string[]
  /** Words with a digit that nothing of the report explains. */
  readonly left: readonly string[]
}

/** Takes each sentence out of a text once, longest first, and looks for what is left. */
export function accountFor(prose: string, sentences: readonly string[]): Unaccounted {
  const missing: string[] = []
  let left = prose
  for (const sentence of sentences.map(oneLine).sort((a, b) => b.length - a.length)) {
    const at = left.indexOf(sentence)
    if (at === -1) missing.push(sentence)
    else left = `${left.slice(0, at)} … ${left.slice(at + sentence.length)}`
  }
  return { missing, left: left.match(/\S*\d\S*/g) ?? [] }
}
