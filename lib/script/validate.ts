import type { PhasePlan } from '../load/index.ts'
import { customMetrics } from '../measure/index.ts'
import { instanceNames } from '../services/index.ts'
import { show } from '../show.ts'
import { suggest } from '../suggest.ts'
import {
  betweenOf,
  metaGroup,
  metaGroupOf,
  pairsOf,
  shapeOf,
  single,
  type TopologyPlan,
  topologySchema,
} from '../topology/index.ts'
import type { Bundle } from './bundle.ts'
import type { ScriptExports } from './import.ts'
import { namesIn } from './names.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { planConsumers, planStreams } from './plan-assets.ts'
import { sayMappings } from './plan-mappings.ts'
import { planPhases } from './plan-phases.ts'
import { planServices } from './plan-services.ts'
import { Problems } from './problems.ts'
import { planThresholds } from './thresholds.ts'

export interface ValidateInput {
  readonly exports: ScriptExports
  /** Absolute path, and the path as the user gave it. */
  readonly file: string
  readonly shown: string
  readonly bundle: Bundle
  readonly options: PlanOptions
}

/** What a script may export and Squall reads. */
const known = [
  'phases',
  'load',
  'topology',
  'streams',
  'consumers',
  'services',
  'thresholds',
  'setup',
  'teardown',
  'verifyState',
] as const

/** A script's exports → Plan. Throws one UserError that lists everything wrong with them. */
export function validate({ exports, file, shown, bundle, options }: ValidateInput): Plan {
  const { sha256, sources } = bundle
  const problems = new Problems(exports, file, sources)
  checkExports(exports, problems)
  const topology = exports.topology === undefined ? single() : exports.topology
  const parsedTopology = problems.parse(['topology'], topologySchema, topology)
  sayMappings(parsedTopology, problems)
  const streams = planStreams(exports.streams, parsedTopology, problems)
  const consumers = planConsumers(
    exports.consumers,
    { topology: parsedTopology, streams, streamNames: namesIn(exports.streams) },
    problems,
  )
  const services = planServices(exports.services, file, parsedTopology, streams, problems)
  const before = problems.count
  const phases = planPhases(exports.phases, {
    problems,
    topology: parsedTopology,
    services,
    streams,
    streamNames: namesIn(exports.streams),
    consumerNames: namesIn(exports.consumers),
    scale: options.timeScale,
  })
  const metrics = customMetrics()
  const phaseNames = namesIn(exports.phases)
  const faultNames = problems.count > before ? undefined : faultNamesOf(phases)
  const observedNames = {
    ...placesOf(parsedTopology, namesIn(exports.streams)),
    consumer: namesIn(exports.consumers),
    service: services.map(({ name }) => name),
    instance: services.flatMap(instanceNames),
  }
  const thresholds =
    problems.guard(['thresholds'], () =>
      planThresholds(exports.thresholds, { problems, phaseNames, faultNames, observedNames, metrics }),
    ) ?? []
  problems.throwIfAny()
  return {
    script: { path: shown, sha256 },
    options,
    // There would be a problem if it were not there.
    topology: parsedTopology!,
    streams,
    consumers,
    services,
    phases,
    thresholds,
    metrics,
    hooks: {
      setup: exports.setup !== undefined,
      teardown: exports.teardown !== undefined,
      verifyState: exports.verifyState !== undefined,
    },
  }
}

/** What the observers will tag with where it is; undefined where the topology is not known. */
function placesOf(topology: TopologyPlan | undefined, streams: readonly string[]) {
  const origin = streams
  if (!topology) return { node: undefined, stream: undefined, origin, region: undefined, between: undefined }
  const { nodes, regions } = shapeOf(topology)
  const names = regions.map(({ name }) => name)
  const isDomains = topology.kind === 'regions' && topology.via === 'leafnodes'
  return {
    // Of leaks, the runner itself.
    node: [...nodes, 'runner'],
    stream: [...streams, ...(isDomains ? names.map(metaGroupOf) : [metaGroup])],
    origin,
    region: names,
    between: pairsOf(names).map(betweenOf),
  }
}

function faultNamesOf(phases: readonly PhasePlan[]): string[] {
  return [...new Set(phases.flatMap(({ faults }) => faults.map(({ name }) => name)))]
}

function checkExports(exports: ScriptExports, problems: Problems): void {
  if (exports.phases === undefined && hasParts(exports.default)) {
    problems.add(
      [],
      'phases and load are in module.exports, or in the default export; each must be an export of its own: export const phases = …',
    )
    return
  }
  if (exports.phases === undefined) {
    problems.add(
      [],
      'the script exports no phases; add: export const phases = [{ name: "steady", duration: "30s", rate: 100 }]',
    )
  }
  if (exports.load === undefined && exports.default === undefined) {
    problems.add([], 'the script exports no load; add: export async function load({ publish }) { … }')
  }
  const load = exports.load === undefined ? 'default' : 'load'
  for (const name of [load, 'setup', 'teardown', 'verifyState']) {
    const value = exports[name]
    if (value !== undefined && typeof value !== 'function')
      problems.add([name], `${name} is ${show(value)}; it must be a function`)
  }
  for (const name of Object.keys(exports)) {
    if (name === 'default' || known.some((candidate) => candidate === name)) continue
    const meant = suggest(name, known)
    // Helpers may be exported too; only what looks like a slip is one.
    const isMissing = meant && exports[meant] === undefined && !(meant === 'load' && exports.default !== undefined)
    if (isMissing) problems.add([name], `the export ${name} means nothing to Squall; did you mean ${meant}?`)
  }
}

/** CommonJS arrives as a default export. */
function hasParts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('phases' in value || 'load' in value)
}
