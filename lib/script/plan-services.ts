import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as v from 'valibot'
import type { StreamPlan } from '../load/index.ts'
import * as s from '../schema.ts'
import { type CheckPlan, programProblem, type ServicePlan, serviceSchema } from '../services/index.ts'
import { shapeOf, type TopologyPlan } from '../topology/index.ts'
import { repeated } from './names.ts'
import { type Problems, pathText } from './problems.ts'

const listOfServices = s.list(v.unknown(), 'services', { most: 20 })

/** The script's `services`; entries become absolute, from the folder of the script, and must be there. */
export function planServices(
  value: unknown,
  file: string,
  topology: TopologyPlan | undefined,
  streams: readonly StreamPlan[],
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
    const { effects } = service
    const judged = streams.find(
      ({ name, retention, copies }) => name === effects?.stream && retention === 'limits' && !copies,
    )
    if (judged) {
      problems.add(
        ['services', index, 'effects', 'stream'],
        `${at}.effects.stream is "${judged.name}", one of the script's streams, in which nothing may stand that load() did not publish; let the service or setup() make it`,
      )
    }
    for (const { path, program } of programsOf(service)) {
      const problem = programProblem(program, dirname(file), service.env.PATH)
      if (problem === undefined) continue
      const where = ['services', index, ...path]
      problems.add(where, `${pathText(where)} is "${program}"; ${problem}`)
    }
    if (service.entry === undefined) return [{ ...service, folder: dirname(file) }]
    const path = resolve(dirname(file), service.entry)
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      problems.add(
        ['services', index, 'entry'],
        `${at}.entry is "${service.entry}"; there is no file ${path}, which it names from the folder of the script`,
      )
    }
    return [{ ...service, folder: dirname(file), entry: path }]
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

/** The programs that a service names, and where it does. */
function programsOf({ command, health, ready }: ServicePlan): { path: string[]; program: string }[] {
  const ofCheck = (name: string, { probe }: CheckPlan) =>
    probe.kind === 'command' ? [{ path: [name, 'command'], program: probe.command[0]! }] : []
  return [
    ...(command ? [{ path: ['command'], program: command[0]! }] : []),
    ...ofCheck('health', health),
    ...(ready === health ? [] : ofCheck('ready', ready)),
  ]
}
