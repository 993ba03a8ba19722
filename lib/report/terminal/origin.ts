import { formatDuration } from '../../measure/index.ts'
import { counted } from '../numbers.ts'
import type { Report } from '../schema.ts'
import { andMore, firstOf, type Paper, paragraph, type Section, titled } from './paper.ts'
import { clean, flow } from './text.ts'

const mostWarnings = 3

/** Where the numbers come from and how far they go: the generator's own delay, what ran, and what went wrong aside. */
export const origin: Section = (report, paper) => {
  const { plan, environment, servers, toxiproxy, generator, warnings } = report
  const { paint, width } = paper
  const versions = [
    ...new Set(servers.map(({ version, syncInterval }) => `nats-server ${version} (sync ${syncInterval})`)),
    `${toxiproxy.kind} toxiproxy ${toxiproxy.version}`,
    `squall ${environment.squall}`,
    `node ${environment.node}`,
    counted(environment.cores, 'core'),
    `seed ${plan.options.seed}`,
  ]
  const remarks = generator.phases.flatMap(({ phase, invalid, caution }) => {
    const remark = invalid ?? caution
    return remark === undefined ? [] : [{ text: `${phase}: ${remark}`, paint: invalid ? paint.bad : paint.caution }]
  })
  const shown = firstOf(remarks, mostWarnings)
  const warned = firstOf(warnings, mostWarnings)
  return [
    ...titled('Generator', describeGenerator(report), paper),
    ...shown.first.flatMap((remark) => paragraph('  · ', remark.text, paper, remark.paint)),
    ...andMore(shown.more, 'remarks in the report', paper),
    ...connections(report, paper),
    ...warned.first.flatMap((text) => paragraph('  ! ', text, paper, paint.caution)),
    ...andMore(warned.more, 'warnings in the report', paper),
    ...flow(versions.map(clean), ' · ', width).map(paint.dim),
  ]
}

function describeGenerator({ generator: { phases }, pacing }: Report): string[] {
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

function connections({ events }: Report, paper: Paper): string[] {
  const count = (kind: string) => events.filter((event) => event.kind === kind).length
  const parts = [
    ...(count('disconnect') > 0 ? [counted(count('disconnect'), 'disconnect')] : []),
    ...(count('reconnect') > 0 ? [counted(count('reconnect'), 'reconnect')] : []),
    ...(count('error') > 0 ? [counted(count('error'), 'client error')] : []),
  ]
  return parts.length === 0 ? [] : paragraph('  ', `clients saw ${parts.join(', ')}`, paper)
}
