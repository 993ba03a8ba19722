import {
  describeTarget,
  type Fault,
  isBetweenNodes,
  isLinkFault,
  isNodeFault,
  maxOccurrences,
  type Occurrence,
  OccurrenceNames,
  occurrencesOf,
  type RollFault,
  type Timing,
  targetCount,
  timingSchema,
} from '../faults/index.ts'
import { type ParsedPhase, phaseDuration } from '../load/index.ts'
import { formatDuration } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { instanceNames, programProblem, type ServicePlan, serviceLinks } from '../services/index.ts'
import { suggest } from '../suggest.ts'
import { linkSelectors, selectLinks, shapeOf } from '../topology/index.ts'
import type { PathKey } from './literal.ts'
import { sayMissing } from './missing.ts'
import { type RegionContext, sayNoLink, sayNoRegion } from './plan-region-faults.ts'
import { type Problems, pathText } from './problems.ts'

/** A fault's timing and where in the script it is. */
export interface PlacedTiming {
  readonly timing: Timing
  readonly path: readonly PathKey[]
}

/** The faults of one phase as the script has it, each checked whatever is wrong with the phase or the others. */
export function parseTimings(phase: unknown, index: number, context: FaultContext): PlacedTiming[] {
  const { problems } = context
  const faults = typeof phase === 'object' && phase !== null && Object.getOwnPropertyDescriptor(phase, 'faults')?.value
  if (!Array.isArray(faults)) return []
  return Array.from(faults as unknown[]).flatMap((fault, position) => {
    const path = ['phases', index, 'faults', position]
    const timing = problems.parse(path, timingSchema, fault)
    if (!timing) return []
    checkPlace(timing.fault, [...path, 'fault'], context)
    sayNoLink(timing.fault, [...path, 'fault'], context)
    return [{ timing, path }]
  })
}

/** What faults may name. */
export interface FaultContext extends RegionContext {
  readonly services: readonly ServicePlan[]
  readonly streamNames: readonly string[]
  readonly consumerNames: readonly string[]
}

/** Is there what the fault is for: a link, or the nodes and assets of its target. */
function checkPlace(fault: Fault, path: readonly PathKey[], context: FaultContext): void {
  const { problems, topology, services, streamNames, consumerNames } = context
  if (!topology) return
  const { links: between, nodes, regions } = shapeOf(topology)
  const links = [...between, ...serviceLinks(services, nodes)]
  const say = (at: readonly PathKey[], what: string, name: string, there: readonly string[]) =>
    sayMissing(problems, at, what, name, there)
  if (topology.kind === 'external' && !isLinkFault(fault)) {
    if (!isBetweenNodes(fault)) {
      problems.add(
        path,
        `${pathText(path)} is ${fault.kind}(); external() has servers that Squall did not start, and it can only do harm to links`,
      )
      return
    }
    if (links.filter(({ route }) => route).length < nodes.length * (nodes.length - 1)) {
      problems.add(
        path,
        `${pathText(path)} is ${withArticle(fault)}; it needs a proxy for each direction of each route, and external() has not all of them in its links`,
      )
      return
    }
  }
  if (isLinkFault(fault)) {
    if (selectLinks(links, fault.link).length > 0) return
    const selectors = linkSelectors(links)
    const meant = suggest(fault.link, selectors)
    // Only external() can be without.
    const there = selectors.join(', ') || 'none; each is a proxy of the Toxiproxy that its option toxiproxy names'
    const hint = meant ? `did you mean "${meant}"?` : `${topology.kind}() has ${there}`
    problems.add([...path, 'link'], `${pathText([...path, 'link'])} is "${fault.link}"; there is no such link: ${hint}`)
    return
  }
  if (fault.kind === 'rollingRestart') {
    const service = services.find(({ name }) => name === fault.service)
    const names = services.map(({ name }) => name)
    if (!service) say([...path, 'service'], 'service', fault.service, names)
    const problem = service && rollProblem(fault, service)
    if (problem) problems.add(path, `${pathText(path)} ${problem}`)
    const program = fault.to.command?.[0]
    const missing =
      service?.folder !== undefined && program && programProblem(program, service.folder, service.env.PATH)
    if (missing) problems.add([...path, 'to', 'command'], `${pathText(path)}.to.command is "${program}"; ${missing}`)
    return
  }
  if (isBetweenNodes(fault) && nodes.length < 2) {
    problems.add(
      path,
      `${pathText(path)} is ${withArticle(fault)}; ${topology.kind}() has one node, and nothing ${fault.kind === 'partition' ? 'to cut it off from' : 'that it has a link to'}`,
    )
  }
  const hearers = isBetweenNodes(fault) ? fault.hearers : undefined
  const targets = { target: fault.target, ...(hearers && { hearers }) }
  for (const [key, target] of Object.entries(targets)) {
    const at = [...path, key]
    if (fault.kind === 'crashLoop' && target.kind !== 'instance') {
      problems.add(
        at,
        `${pathText(at)} is ${describeTarget(target)}; it must be an instance of a service, such as instance("router-1"): nobody starts a server again`,
      )
    }
    const named = target.kind === 'node' ? [target.name] : target.kind === 'anyOf' ? target.names : []
    for (const name of named) if (!nodes.includes(name)) say(at, 'node', name, nodes)
    if (target.kind === 'minority' && targetCount(target, nodes.length) === 0) {
      const has = `${topology.kind}() has ${plural(nodes.length, 'node')}`
      problems.add(at, `${pathText(at)} is minority(), which is nobody: ${has}, and needs all of them to agree`)
    }
    if (target.kind === 'instance') {
      const instances = services.flatMap(instanceNames)
      if (!instances.includes(target.name)) say(at, 'instance', target.name, instances)
      else if (!isNodeFault(fault) || fault.kind === 'lameDuck' || fault.wipe) {
        problems.add(
          at,
          `${pathText(at)} is an instance of a service; ${fault.kind === 'partition' ? fault.shape : fault.kind}${'wipe' in fault && fault.wipe ? ' with wipe' : ''} is for nodes`,
        )
      }
    }
    sayNoRegion(target, at, regions, context)
    if ('stream' in target && !streamNames.includes(target.stream)) say(at, 'stream', target.stream, streamNames)
    if ('consumer' in target && !consumerNames.includes(target.consumer))
      say(at, 'consumer', target.consumer, consumerNames)
  }
}

function withArticle({ kind }: Fault): string {
  return kind === 'partition' ? 'a partition' : `${kind}()`
}

/** What stands against rolling this service like this. */
function rollProblem(
  { surge, maxUnavailable }: RollFault,
  { name, instances, loadBalancer }: ServicePlan,
): string | undefined {
  if (surge) {
    if (loadBalancer.kind === 'haproxy') return undefined
    return `has surge, and ${name} is not behind HAProxy: nobody could be told that the new instance is on another port`
  }
  if (maxUnavailable < instances) return undefined
  const has = `${name} has ${plural(instances, 'instance')}`
  return `may take all of them away: ${has}, and maxUnavailable is ${maxUnavailable}. That is downtime; it needs more instances, a smaller maxUnavailable, or surge: true`
}

/** Makes the firings of a whole plan, and not more than a run takes. */
export class Firings {
  readonly #names: OccurrenceNames
  readonly #problems: Problems
  #left = maxOccurrences

  constructor(givenNames: readonly (string | undefined)[], problems: Problems) {
    this.#names = new OccurrenceNames(givenNames)
    this.#problems = problems
  }

  of({ timing, path }: PlacedTiming, phase: ParsedPhase, scale: number): Occurrence[] {
    const lasts = phaseDuration(phase)
    const first = 'at' in timing ? timing.at : (timing.start ?? timing.every)
    if (first >= lasts) {
      const times = `first fire at ${formatDuration(first)}, but phase "${phase.name}" lasts ${formatDuration(lasts)}`
      this.#problems.add(path, `${pathText(path)} would ${times}`)
      return []
    }
    // Told once; and no more are made than that takes.
    if (this.#left < 0) return []
    const occurrences = occurrencesOf(timing, lasts, scale, this.#names)
    this.#left -= occurrences.length
    if (this.#left < 0) {
      const most = maxOccurrences.toLocaleString('en')
      this.#problems.add(path, `${pathText(path)} makes it more than ${most} firings in all, the most that a run takes`)
    }
    return occurrences
  }
}
