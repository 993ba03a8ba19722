import { type Fault, isBetweenNodes, isRegionTarget, type Target } from '../faults/index.ts'
import { type RegionShape, shapeOf, type TopologyPlan } from '../topology/index.ts'
import type { PathKey } from './literal.ts'
import { sayMissing } from './missing.ts'
import { type Problems, pathText } from './problems.ts'

export interface RegionContext {
  readonly problems: Problems
  /** Undefined where there is something wrong with it: what follows from that is not told. */
  readonly topology: TopologyPlan | undefined
}

/** The regions that a target names must be there. */
export function sayNoRegion(
  target: Target,
  at: readonly PathKey[],
  regions: readonly RegionShape[],
  { problems, topology }: RegionContext,
): void {
  if (!isRegionTarget(target)) return
  const there = regions.map(({ name }) => name)
  if (there.length === 0) {
    problems.add(at, `${pathText(at)} is a region; ${topology!.kind}() has none; regions() makes some`)
    return
  }
  const named = target.kind === 'region' ? [target.name] : target.kind === 'allRegions' ? [] : target.names
  for (const name of named) if (!there.includes(name)) sayMissing(problems, at, 'region', name, there)
}

/** Two regions that are to be cut off from each other must be two, and have a link to cut. */
export function sayNoLink(fault: Fault, path: readonly PathKey[], { problems, topology }: RegionContext): void {
  if (!isBetweenNodes(fault) || fault.target.kind !== 'region' || fault.hearers?.kind !== 'region') return
  if (!topology) return
  const { links, regions } = shapeOf(topology)
  const [one, other] = [fault.target.name, fault.hearers.name]
  if (one === other) {
    const does =
      fault.kind === 'partition'
        ? `cuts region "${one}" off from itself`
        : `is ${fault.kind}() of region "${one}" from itself`
    problems.add(path, `${pathText(path)} ${does}; it must be from another one`)
    return
  }
  const isThere = (name: string) => regions.some((region) => region.name === name)
  const isLinked = links.some(({ groups }) => groups.includes(`region-${one}`) && groups.includes(`region-${other}`))
  if (!isThere(one) || !isThere(other) || isLinked) return
  const what = fault.kind === 'partition' ? `cuts "${one}" off` : `is ${fault.kind}() of "${one}"`
  problems.add(
    path,
    `${pathText(path)} ${what} from "${other}", which have no link between them: leafnodes meet in the first region, "${regions[0]!.name}"; take one of the two and that`,
  )
}
