import type { TopologyPlan } from '../../topology/index.ts'
import { rememberBySubject } from './subject.ts'
import { mapSubject } from './subject-mapping.ts'

/** The subject that a message has for all others, by the one that it is published to and the region of the server it goes to. */
export type Landing = (subject: string, region: string | undefined) => string

/** Where messages land by the `mappings` of a topology's regions: a server maps once what its own clients publish. */
export function landingOf(topology: TopologyPlan): Landing {
  if (topology.kind !== 'regions') return unmapped
  const byRegion = new Map<string | undefined, (subject: string) => string>()
  for (const { name, mappings } of topology.regions) {
    if (!mappings) continue
    const list = Object.entries(mappings).map(([filter, to]) => ({ filter, to }))
    const land = (subject: string) => {
      for (const mapping of list) {
        const mapped = mapSubject(mapping, subject)
        if (mapped !== undefined) return mapped
      }
      return subject
    }
    byRegion.set(name, rememberBySubject(land))
  }
  return byRegion.size === 0 ? unmapped : (subject, region) => byRegion.get(region)?.(subject) ?? subject
}

/** Where nothing is mapped. */
export function unmapped(subject: string): string {
  return subject
}
