import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as v from 'valibot'
import * as s from '../schema.ts'
import { type ServicePlan, serviceSchema } from '../services/index.ts'
import { shapeOf, type TopologyPlan } from '../topology/index.ts'
import { repeated } from './names.ts'
import type { Problems } from './problems.ts'

const listOfServices = s.list(v.unknown(), 'services', { most: 20 })

/** The script's `services`; entries become absolute, from the folder of the script, and must be there. */
export function planServices(
  value: unknown,
  file: string,
  topology: TopologyPlan | undefined,
  problems: Problems,
): ServicePlan[] {
  const entries = value === undefined ? [] : (problems.parse(['services'], listOfServices, value) ?? [])
  if (entries.length > 0 && topology?.kind === 'external') {
    problems.add(
      ['services'],
      'services are put behind proxies of their own, and external() has none to give them; use them with a topology that Squall starts',
    )
  }
  // Where there is something wrong with the topology, what follows from that is not told.
  const nodes = topology && shapeOf(topology).nodes
  const services = entries.flatMap((entry, index): ServicePlan[] => {
    const service = problems.parse(['services', index], serviceSchema, entry)
    if (!service) return []
    const at = `services[${index}]`
    for (const node of service.links ?? []) {
      if (!nodes || nodes.includes(node)) continue
      problems.add(['services', index, 'links'], `${at}.links names "${node}"; the nodes are ${nodes.join(', ')}`)
    }
    if (service.entry === undefined) return [service]
    const path = resolve(dirname(file), service.entry)
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      problems.add(
        ['services', index, 'entry'],
        `${at}.entry is "${service.entry}"; there is no file ${path}, which it names from the folder of the script`,
      )
    }
    return [{ ...service, entry: path }]
  })
  const names = services.map(({ name }) => name)
  for (const [index, first] of repeated(names)) {
    problems.add(
      ['services', index],
      `services[${index}] is named "${names[index]}", as services[${first}] is; names must differ`,
    )
  }
  return services
}
