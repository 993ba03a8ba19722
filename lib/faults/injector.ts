import type { Toxiproxy } from 'toxiproxy-node-client'
import { now } from '../measure/index.ts'
import type { Roll, RollStep, Service } from '../services/index.ts'
import type { Link, RegionShape, ServerNode } from '../topology/index.ts'
import { describeCuts, type LinkedRegions } from './describe-cuts.ts'
import type { Effect } from './effect.ts'
import { isLinkFault, isNodeFault, type Occurrence } from './fault.ts'
import { instanceEffects } from './instance-effects.ts'
import { type CutProbe, KernelEffects, type RegionCuts } from './kernel-effects.ts'
import { LinkEffects } from './link-effects.ts'
import { NodeEffects } from './node-effects.ts'
import { isNotBack } from './not-back.ts'
import { type Cut, cutsOf } from './partition.ts'
import { beatOf, Pulse } from './pulse.ts'
import { type ResolveContext, resolveTarget } from './resolve-target.ts'
import { RollEffect } from './roll-effect.ts'
import { isRegionTarget } from './target.ts'

/**
 * Puts faults on links and nodes and takes them off, each change of a proxy confirmed by reading it back. Times are
 * monotonic milliseconds. Every control call has a deadline of 3 s. What fails says which fault, where, and what came back.
 */
export interface Injector {
  /**
   * `applyingAt` is when its target is known and before anything is done, `appliedAt` after all of it was confirmed. `onStart`
   * is called at the former, `onStep` after each restart of a rolling one.
   */
  apply(
    occurrence: Occurrence,
    onStart?: (applyingAt: number) => void,
    onStep?: (step: RollStep) => void,
  ): Promise<Applied>
  heal(occurrence: Occurrence): Promise<{ healingAt: number; healedAt: number }>
  /** Heals all that is in force, in whole or in part, but for a server that has already failed to come back. Tries every one; rejects with what could not be healed. */
  healAll(): Promise<void>
}

export interface Applied {
  /** Names of the links or nodes that it was put on. */
  readonly targets: string[]
  readonly applyingAt: number
  readonly appliedAt: number
  /** Of a fault between nodes: who does not hear whom, or only with trouble. */
  readonly cuts?: readonly Cut[]
  /** The same in words, with the names of the nodes. */
  readonly parts?: string
  /** Of a fault that comes and goes. */
  readonly pulse?: Pick<Pulse, 'times'>
  /** Of a partition that the kernel makes and that stays: a way to see that it is one. */
  readonly probe?: CutProbe
  /** Of a rolling restart, which has begun and goes on until it is done, or healed. */
  readonly roll?: Roll
}

export interface InjectorParts {
  readonly links: readonly Link[]
  readonly toxiproxy: Toxiproxy
  readonly nodes: readonly ServerNode[]
  readonly services?: readonly Service[]
  /** Names of the nodes of each region, where there are some. */
  readonly regions?: readonly RegionShape[]
  /** Cuts regions off below the proxies; where there is none, the proxies do. */
  readonly kernel?: RegionCuts | undefined
  /** Uniform in [0, 1), from the run's seed: decides what `randomNode()` and its like mean. */
  readonly random: () => number
}

interface Resolved {
  readonly effects: readonly Effect[]
  readonly cuts?: readonly Cut[]
  readonly pulse?: Pulse
  readonly probe?: CutProbe | undefined
}

export function createInjector({
  links,
  toxiproxy,
  nodes,
  services = [],
  regions = [],
  kernel,
  random,
}: InjectorParts): Injector {
  const linkEffects = new LinkEffects(links, toxiproxy)
  const nodeEffects = new NodeEffects()
  const kernelEffects = kernel && new KernelEffects(links, regions, kernel)
  const active = new Map<string, { readonly occurrence: Occurrence; readonly effects: readonly Effect[] }>()
  const turns = new Map<string, number>()
  const turn = (target: string) => {
    const before = turns.get(target) ?? 0
    turns.set(target, before + 1)
    return before
  }
  const context: ResolveContext = { nodes, regions, random, turn }

  const linkedRegions: LinkedRegions = {
    regions,
    areLinked: (one, other) =>
      links.some(({ groups }) => [one, other].every((name) => groups.includes(`region-${name}`))),
  }

  const resolve = async ({ fault, id }: Occurrence, onStep: (step: RollStep) => void): Promise<Resolved> => {
    if (isLinkFault(fault)) return { effects: linkEffects.ofFault(fault, id) }
    if (fault.kind === 'rollingRestart') {
      const service = services.find(({ name }) => name === fault.service)
      if (!service) throw new Error(`there is no service ${fault.service}`)
      const isRolling = [...active.values()].some(({ effects }) =>
        effects.some((effect) => effect instanceof RollEffect && effect.target === service.name),
      )
      if (isRolling) throw new Error(`service ${fault.service} is in the middle of another rolling restart`)
      return { effects: [new RollEffect(fault, service, random, onStep)] }
    }
    const { target } = fault
    if (target.kind === 'instance' && isNodeFault(fault)) {
      const instances = services.flatMap(({ instances }) => instances)
      return {
        effects: instanceEffects(
          fault,
          instances.filter(({ name }) => name === target.name),
        ),
      }
    }
    const targets = await resolveTarget(target, context)
    if (isNodeFault(fault)) return { effects: nodeEffects.of(fault, targets) }
    const targetNames = targets.map(({ name }) => name)
    if (fault.kind === 'isolateClients') return { effects: linkEffects.ofClients(fault, targetNames, id) }
    const hearers = fault.hearers && (await resolveTarget(fault.hearers, context)).map(({ name }) => name)
    const cuts = cutsOf({
      shape: fault.kind === 'partition' ? fault.shape : 'apart',
      nodes: nodes.map(({ name }) => name),
      targets: targetNames,
      hearers,
      groups: isRegionTarget(target) ? regions : [],
      random,
    })
    const byKernel = fault.kind === 'partition' ? kernelEffects?.ofPartition(cuts, fault.mode, id) : undefined
    const effects = [...(byKernel?.effects ?? []), ...linkEffects.ofCuts(fault, byKernel?.others ?? cuts, id)]
    const beat = beatOf(fault, random)
    if (!beat) return { effects, cuts, probe: byKernel?.probe }
    const pulse = new Pulse(effects, beat)
    return { effects: pulse.effects, cuts, pulse }
  }

  const apply: Injector['apply'] = async (occurrence, onStart, onStep = () => {}) => {
    const { effects, cuts, pulse, probe } = await resolve(occurrence, onStep).catch((error: Error) => {
      throw new Error(`apply ${describe(occurrence)}: ${error.message}`, { cause: error })
    })
    // Before it is: what was applied in part must be healed too.
    active.set(occurrence.id, { occurrence, effects })
    const applyingAt = now()
    onStart?.(applyingAt)
    await each('apply', occurrence, effects)
    const parts =
      cuts &&
      describeCuts(
        cuts,
        nodes.map(({ name }) => name),
        linkedRegions,
      )
    const roll = effects.find((effect) => effect instanceof RollEffect)?.roll
    return {
      targets: effects.flatMap(({ target, targets }) => targets ?? [target]),
      applyingAt,
      appliedAt: now(),
      ...(cuts && { cuts }),
      ...(parts !== undefined && { parts }),
      ...(probe && { probe }),
      ...(roll && { roll }),
      ...(pulse && { pulse }),
    }
  }

  const heal = async (occurrence: Occurrence) => {
    const healingAt = now()
    await each('heal', occurrence, active.get(occurrence.id)?.effects ?? []).catch((error) => {
      // It had its time to start, and would need it again.
      if (isNotBack(error)) active.delete(occurrence.id)
      throw error
    })
    active.delete(occurrence.id)
    return { healingAt, healedAt: now() }
  }

  const healAll = async () => {
    throwAll(await Promise.allSettled([...active.values()].map(({ occurrence }) => heal(occurrence))))
  }

  return { apply, heal, healAll }
}

// Together, because a fault on several links is one fault: they must not differ by a call's time each.
async function each(action: 'apply' | 'heal', occurrence: Occurrence, effects: readonly Effect[]) {
  const results = effects.map(async (effect) => {
    try {
      await effect[action]()
    } catch (error) {
      const { message } = error as Error
      throw new Error(`${action} ${describe(occurrence)} on ${effect.where}: ${message}`, { cause: error })
    }
  })
  throwAll(await Promise.allSettled(results))
}

function describe({ id, fault }: Occurrence): string {
  return `${id} (${fault.kind})`
}

function throwAll(results: readonly PromiseSettledResult<unknown>[]): void {
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (errors.length === 0) return
  throw new AggregateError(errors, errors.map(({ message }) => message).join('; '))
}
