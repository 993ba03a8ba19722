import { formatDuration } from '../../measure/index.ts'
import { counted, exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'
import type { Remark } from './remark.ts'

/** More places than these are counted. */
const mostStays = 8

type GeneratorPhase = Report['generator']['phases'][number]

/** How the generator did over the whole run. */
export function generatorFacts({ generator: { phases }, pacing }: Report): string[] {
  if (phases.length === 0) return ['no load was started']
  const lags = phases.map(({ lagP99 }) => lagP99).filter((lag) => lag !== undefined)
  const dropped = phases.reduce((sum, phase) => sum + phase.dropped, 0)
  return [
    ...(lags.length === 0 ? [] : [`at most ${formatDuration(Math.max(...lags))} late at p99`]),
    `longest turn ${formatDuration(Math.max(...phases.map(({ maxTurnMs }) => maxTurnMs)))}`,
    dropped === 0 ? 'nothing dropped' : `${counted(dropped, 'iteration')} dropped`,
    `${pacing} pacing`,
  ]
}

/** Why a phase's numbers may not be believed, or are to be read with care. */
export function generatorRemarks({ generator }: Report): Remark[] {
  return generator.phases.flatMap(({ phase, invalid, caution }): Remark[] => {
    const remark = invalid ?? caution
    if (remark === undefined) return []
    return [{ mark: '·', tone: invalid ? 'bad' : 'caution', text: `${phase}: ${remark}` }]
  })
}

export function warningRemarks({ warnings }: Report): Remark[] {
  return warnings.map((text) => ({ mark: '!', tone: 'caution', text }))
}

/** What the clients said of their connections; undefined when they said nothing. */
export function connectionFacts(report: Report): string | undefined {
  const { events } = report
  const count = (kind: string) => events.filter((event) => event.kind === kind).length
  const parts = [
    ...(count('disconnect') > 0 ? [counted(count('disconnect'), 'disconnect')] : []),
    ...(count('reconnect') > 0 ? [counted(count('reconnect'), 'reconnect')] : []),
    ...(count('error') > 0 ? [counted(count('error'), 'client error')] : []),
  ]
  const saw = parts.length === 0 ? undefined : `clients saw ${parts.join(', ')}`
  const facts = [saw, publisherPath(report)].filter((fact) => fact !== undefined)
  return facts.length === 0 ? undefined : facts.join('; ')
}

/** Which server the publisher was on when: a fault there costs it a connection too. Only where there are several. */
function publisherPath({ events, servers }: Report): string | undefined {
  if (servers.length < 2) return undefined
  const stays = events.flatMap(({ at, client, kind, detail }) => {
    if (client !== 'publisher' || detail === undefined) return []
    if (kind === 'connect') return [detail]
    return kind === 'reconnect' ? [`${detail} from ${formatDuration(at)}`] : []
  })
  if (stays.length === 0) return undefined
  const rest = stays.length > mostStays ? [`${stays.length - mostStays} more in the report`] : []
  return `publisher on ${[...stays.slice(0, mostStays), ...rest].join(', ')}`
}

/** Names and versions of all that took part. */
export function versions({ plan, environment, servers, toxiproxy }: Report): string[] {
  return [
    ...new Set(servers.map(({ version, syncInterval }) => `nats-server ${version} (sync ${syncInterval})`)),
    `${toxiproxy.kind} toxiproxy ${toxiproxy.version}`,
    ...(environment.driver === 'netns' ? [`cuts by ${environment.firewall} (netns)`] : []),
    `squall ${environment.squall}`,
    `node ${environment.node}`,
    counted(environment.cores, 'core'),
    `seed ${plan.options.seed}`,
  ]
}

/** Phase by phase. */
export function generatorColumns(): Column<GeneratorPhase>[] {
  const time = (value: number | undefined) => (value === undefined ? '–' : formatDuration(value))
  return [
    { title: 'Generator', align: 'left', text: ({ phase }) => phase },
    { title: 'due', align: 'right', text: ({ due }) => exact(due) },
    { title: 'started', align: 'right', text: ({ started }) => exact(started) },
    {
      title: 'dropped',
      align: 'right',
      text: ({ dropped }) => exact(dropped),
      tone: ({ dropped }) => (dropped > 0 ? 'caution' : undefined),
    },
    { title: 'late at p99', align: 'right', text: ({ lagP99 }) => time(lagP99) },
    { title: 'longest turn', align: 'right', text: ({ maxTurnMs }) => time(maxTurnMs) },
  ]
}
