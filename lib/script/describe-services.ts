import { relative } from 'node:path'
import type { RollFault } from '../faults/index.ts'
import { formatDuration } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { type CheckPlan, describeProbe, instanceNames, type ServicePlan, serviceLinks } from '../services/index.ts'
import type { Plan } from './plan.ts'

type Row = [key: string, value: string]

/** The services in words: what is started, what is in front of it, in which order it is restarted. */
export function serviceRows({ services, phases }: Plan, nodes: readonly string[]): Row[] {
  const rolls = new Map<string, RollFault>()
  for (const { faults } of phases) {
    for (const { name, fault } of faults) if (fault.kind === 'rollingRestart') rolls.set(name, fault)
  }
  return [
    ...services.flatMap((service): Row[] => [
      ['service', serviceText(service)],
      ['checks', checksText(service)],
      ['balancer', balancerText(service)],
      [
        'links',
        serviceLinks([service], nodes)
          .map(({ name }) => name)
          .join(', '),
      ],
      ...compared(service),
    ]),
    ...[...rolls].map(([name, fault]): Row => ['roll', `${name}: ${rollText(fault, services)}`]),
  ]
}

function serviceText(service: ServicePlan): string {
  const { name, command, entry = '', instances, restart } = service
  const what = command ? command.join(' ') : relative(process.cwd(), entry)
  const policy = restart === 'never' ? ', not started again when one ends' : ''
  return `${name}: ${plural(instances, 'instance')} of ${what} (${instanceNames(service).join(', ')})${policy}`
}

function checksText({ health, ready }: ServicePlan): string {
  return health === ready || sameAs(health, ready)
    ? `health and ready ${checkText(health)}`
    : `health ${checkText(health)}; ready ${checkText(ready)}`
}

function sameAs(one: CheckPlan, other: CheckPlan): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function checkText({ probe, intervalMs, timeoutMs, rise, fall }: CheckPlan): string {
  return `${describeProbe(probe)} every ${formatDuration(intervalMs)} within ${formatDuration(timeoutMs)}, up after ${rise}, down after ${fall}`
}

function balancerText({ name, loadBalancer, ready }: ServicePlan): string {
  if (loadBalancer.kind === 'url') return `of the script's own, ${loadBalancer.url}`
  if (loadBalancer.kind === 'none') return `none in front of ${name}`
  const asks = ready.probe.kind === 'http' ? describeProbe(ready.probe) : 'a TCP connection'
  return `HAProxy in front of ${name}, asks ${asks}`
}

function compared({ effects, state }: ServicePlan): Row[] {
  const kept = state && [
    ...state.kv.map(({ bucket }) => `bucket ${bucket}`),
    ...state.streams.map((name) => `stream ${name}`),
  ]
  return [
    ...(effects ? [['effects', `in ${effects.stream}, by ${effects.field}`] satisfies Row] : []),
    ...(kept ? [['state', `${kept.join(', ')}: before and after each restart`] satisfies Row] : []),
  ]
}

/** Whose turn comes when, and how much may be missing. */
function rollText(
  { service, order, surge, maxUnavailable, drainMs, pauseMs }: RollFault,
  services: readonly ServicePlan[],
): string {
  const plan = services.find(({ name }) => name === service)
  const names = plan ? instanceNames(plan) : []
  const turns = order === 'reverse' ? names.toReversed() : names
  const parts = [
    order === 'random' ? `${names.join(', ')} in an order that follows from the seed` : turns.join(' → '),
    surge ? 'the new one started first' : `at most ${maxUnavailable} away`,
    ...(surge ? [] : [drainMs > 0 ? `drained up to ${formatDuration(drainMs)}` : 'not drained']),
    ...(pauseMs > 0 ? [`pause ${formatDuration(pauseMs)}`] : []),
  ]
  return parts.join(', ')
}
