import { describeFault } from '../faults/index.ts'
import {
  type ConsumerPlan,
  type Executor,
  isOpen,
  type OriginPlan,
  type PhasePlan,
  type StreamPlan,
} from '../load/index.ts'
import { formatDuration } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { shapeOf, type TopologyPlan } from '../topology/index.ts'
import { serviceRows } from './describe-services.ts'
import type { Plan } from './plan.ts'

/** A plan in words: what it will start, its phases, the timeline of its faults, its thresholds. */
export function describePlan(plan: Plan): string {
  return `${[header(plan), phases(plan), timeline(plan), thresholds(plan)].filter((part) => part !== '').join('\n\n')}\n`
}

function header(plan: Plan): string {
  const { script, options, topology, streams, consumers, hooks } = plan
  const hookNames = Object.entries(hooks).flatMap(([name, there]) => (there ? [`${name}()`] : []))
  const shape = shapeOf(topology)
  const count = shape.nodes.length
  const servers = plural(count, 'nats-server')
  const rows: [string, string][] = [
    ['script', `${script.path}  sha256 ${script.sha256.slice(0, 12)}`],
    ['seed', `${options.seed}${options.timeScale === 1 ? '' : `, time scale ${options.timeScale}`}`],
    [
      'starts',
      `${servers} (${shape.nodes.join(', ')}), ${shape.links.length} proxied links, topology ${topology.kind}()`,
    ],
    ['links', shape.links.map(({ name }) => name).join(', ')],
    ...mappingRows(topology),
    ...streams.map((stream): [string, string] => ['stream', streamText(stream)]),
    ...consumers.map((consumer): [string, string] => ['consumer', consumerText(consumer)]),
    ...serviceRows(plan, shape.nodes),
    ...(hookNames.length > 0 ? [['calls', hookNames.join(', ')] as [string, string]] : []),
  ]
  return rows.map(([key, value]) => `${key.padEnd(9)} ${value}`).join('\n')
}

function mappingRows(topology: TopologyPlan): [string, string][] {
  if (topology.kind !== 'regions') return []
  return topology.regions.flatMap(({ name, mappings = {} }) =>
    Object.entries(mappings).map(([from, to]): [string, string] => ['mapping', `region ${name}: ${from} as ${to}`]),
  )
}

function streamText({ name, subjects, copies, region, storage, replicas }: StreamPlan): string {
  const from = copies
    ? `${copies.kind === 'mirror' ? 'mirrors' : 'copies'} ${copies.origins.map(originText).join(', ')}`
    : `on ${subjects.join(', ')}`
  return `${name} ${from}, ${storage}, R${replicas}${region === undefined ? '' : `, region ${region}`}`
}

function originText({ stream, filter, to }: OriginPlan): string {
  if (to !== undefined) return `${stream} (${filter ?? '>'} as ${to})`
  return filter === undefined ? stream : `${stream} (${filter})`
}

function consumerText(consumer: ConsumerPlan): string {
  const members = consumer.members === 1 ? '' : `, ${consumer.members} members`
  const from =
    consumer.kind === 'pull'
      ? `stream ${consumer.stream}${consumer.filter ? ` (${consumer.filter})` : ''}, ack ${consumer.ack}`
      : consumer.subject
  const failover = consumer.failover ? `, fails over to ${consumer.failover.join(', ')}` : ''
  return `${consumer.name}: ${consumer.kind} on ${from}${members}${failover}`
}

function phases(plan: Plan): string {
  const total = plan.phases.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const width = Math.max(...plan.phases.map(({ name }) => name.length))
  const rows = plan.phases.map(
    (phase) => `  ${phase.name.padEnd(width)}  ${formatDuration(phase.durationMs).padStart(6)}  ${executorText(phase)}`,
  )
  return [`phases, ${formatDuration(total)} in all`, ...rows].join('\n')
}

function executorText({ executor, maxInFlight, overrun, thinkTimeMs }: PhasePlan): string {
  const kind = kindText(executor)
  if (!isOpen(executor)) return thinkTimeMs > 0 ? `${kind}, thinking ${formatDuration(thinkTimeMs)}` : kind
  return `${kind}; at most ${maxInFlight.toLocaleString('en')} in flight${overrun === 'queue' ? ', others wait' : ''}`
}

function kindText(executor: Executor): string {
  switch (executor.kind) {
    case 'rate':
      return `${rateText(executor.rate)}, ${executor.arrival} arrivals`
    case 'stages': {
      const steps = executor.stages.map(({ durationMs, target }) =>
        durationMs === 0 ? `at once ${rateText(target)}` : `${rateText(target)} in ${formatDuration(durationMs)}`,
      )
      return `from ${rateText(executor.startRate)} to ${steps.join(', ')}, ${executor.arrival} arrivals`
    }
    case 'vus':
      return `${usersText(executor.vus)} in a closed loop`
    case 'iterations':
      return `${executor.iterations.toLocaleString('en')} iterations by ${usersText(executor.vus)}`
  }
}

/** In the unit that the script may have used: 1 an hour is not 0.000278 a second. */
function rateText(perSecond: number): string {
  const [amount, unit] =
    perSecond >= 1 || perSecond === 0
      ? [perSecond, 's']
      : perSecond * 60 >= 1
        ? [perSecond * 60, 'm']
        : [perSecond * 3_600, 'h']
  return `${Number(amount.toFixed(2)).toLocaleString('en')}/${unit}`
}

function usersText(vus: number): string {
  return vus === 1 ? '1 user' : `${vus.toLocaleString('en')} users`
}

const mostFirings = 40

function timeline({ phases }: Plan): string {
  let start = 0
  const firings: { at: number; cells: string[] }[] = []
  for (const { name, durationMs, faults } of phases) {
    for (const { id, fault, atMs, forMs } of faults) {
      const at = start + atMs
      const until = start + Math.min(durationMs, forMs === null ? durationMs : atMs + forMs)
      const cells = [formatDuration(at), id, describeFault(fault), `until ${formatDuration(until)}`, `(${name})`]
      firings.push({ at, cells })
    }
    start += durationMs
  }
  if (firings.length === 0) return ''
  const shown = firings.toSorted((a, b) => a.at - b.at).slice(0, mostFirings)
  const more = firings.length > mostFirings ? [`  … and ${firings.length - mostFirings} more`] : []
  return ['faults', ...aligned(shown.map(({ cells }) => cells)), ...more].join('\n')
}

/** Rows with their columns below each other, the first one to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padStart(widths[0]!) : cell.padEnd(widths[column]!)))
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

function thresholds({ thresholds }: Plan): string {
  if (thresholds.length === 0) return ''
  const rows = thresholds.map(
    ({ selector, expression, abortOnFail }) => `  ${selector}: ${expression}${abortOnFail ? ', aborts the run' : ''}`,
  )
  return ['thresholds', ...rows].join('\n')
}
