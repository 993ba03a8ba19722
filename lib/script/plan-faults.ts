import {
  maxOccurrences,
  type Occurrence,
  OccurrenceNames,
  occurrencesOf,
  type Timing,
  timingSchema,
} from '../faults/index.ts'
import { type ParsedPhase, phaseDuration } from '../load/index.ts'
import { formatDuration } from '../measure/index.ts'
import { suggest } from '../suggest.ts'
import { linkSelectors, selectLinks, singleShape, type TopologyPlan } from '../topology/index.ts'
import type { PathKey } from './locate.ts'
import { type Problems, pathText } from './problems.ts'

/** A fault's timing and where in the script it is. */
export interface PlacedTiming {
  readonly timing: Timing
  readonly path: readonly PathKey[]
}

/** The faults of one phase as the script has it, each checked whatever is wrong with the phase or the others. */
export function parseTimings(
  phase: unknown,
  index: number,
  { problems, topology }: { readonly problems: Problems; readonly topology: TopologyPlan },
): PlacedTiming[] {
  const faults = typeof phase === 'object' && phase !== null && Object.getOwnPropertyDescriptor(phase, 'faults')?.value
  if (!Array.isArray(faults)) return []
  return Array.from(faults as unknown[]).flatMap((fault, position) => {
    const path = ['phases', index, 'faults', position]
    const timing = problems.parse(path, timingSchema, fault)
    if (!timing) return []
    checkLink(timing.fault.link, [...path, 'fault', 'link'], topology, problems)
    return [{ timing, path }]
  })
}

function checkLink(link: string, path: readonly PathKey[], topology: TopologyPlan, problems: Problems): void {
  const { links } = singleShape
  if (selectLinks(links, link).length > 0) return
  const selectors = linkSelectors(links)
  const meant = suggest(link, selectors)
  const hint = meant ? `did you mean "${meant}"?` : `${topology.kind}() has ${selectors.join(', ')}`
  problems.add(path, `${pathText(path)} is "${link}"; there is no such link: ${hint}`)
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
