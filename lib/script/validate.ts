import * as v from 'valibot'
import { maxOccurrences, type Occurrence, OccurrenceNames, occurrencesOf } from '../faults/index.ts'
import {
  type ConsumerPlan,
  consumerSchema,
  defaultInFlight,
  type ParsedPhase,
  type PhasePlan,
  phaseDuration,
  phaseSchema,
  planExecutor,
  type StreamPlan,
  streamSchema,
} from '../load/index.ts'
import { customMetrics, formatDuration } from '../measure/index.ts'
import { linkSelectors, selectLinks, single, singleSchema, singleShape, type TopologyPlan } from '../topology/index.ts'
import type { ScriptExports } from './import.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { Problems, pathText } from './problems.ts'
import { suggest } from './suggest.ts'
import { planThresholds } from './thresholds.ts'

export interface ValidateInput {
  readonly exports: ScriptExports
  /** Absolute path, its text, and the path as the user gave it. */
  readonly file: string
  readonly source: string
  readonly shown: string
  readonly sha256: string
  readonly options: PlanOptions
}

/** What a script may export and Squall reads. */
const known = ['phases', 'load', 'topology', 'streams', 'consumers', 'thresholds', 'setup', 'teardown'] as const

/** More phases than this is a script that makes them by mistake. */
const maxPhases = 1_000

/** A script's exports → Plan. Throws one UserError that lists everything wrong with them. */
export function validate({ exports, file, source, shown, sha256, options }: ValidateInput): Plan {
  const problems = new Problems(file, source, exports)
  checkExports(exports, problems)
  const topology = parse(problems, ['topology'], singleSchema, exports.topology ?? single()) ?? {
    kind: 'single' as const,
  }
  const streams = parseList(problems, 'streams', streamSchema, exports.streams) as StreamPlan[]
  const consumers = parseConsumers(problems, exports.consumers)
  checkAssets(problems, streams, consumers)
  const phases = parsePhases(problems, exports.phases, topology, options.timeScale)
  const metrics = customMetrics()
  const thresholds = planThresholds(exports.thresholds, { problems, phases, metrics })
  problems.throwIfAny()
  const hooks = { setup: typeof exports.setup === 'function', teardown: typeof exports.teardown === 'function' }
  return { script: { path: shown, sha256 }, options, topology, streams, consumers, phases, thresholds, metrics, hooks }
}

function checkExports(exports: ScriptExports, problems: Problems): void {
  const load = exports.load ?? exports.default
  if (exports.phases === undefined) {
    problems.add(
      [],
      'the script exports no phases; export const phases = [{ name: "load", duration: "30s", rate: 100 }]',
    )
  }
  if (load === undefined) {
    problems.add(
      [],
      'the script exports no load; export async function load({ publish }) { … }, or make it the default export',
    )
  } else if (typeof load !== 'function') {
    problems.add([exports.load === undefined ? 'default' : 'load'], `load is a ${typeof load}; it must be a function`)
  }
  for (const hook of ['setup', 'teardown'] as const) {
    const value = exports[hook]
    if (value !== undefined && typeof value !== 'function')
      problems.add([hook], `${hook} is a ${typeof value}; it must be a function`)
  }
  for (const name of Object.keys(exports)) {
    if (name === 'default' || known.some((candidate) => candidate === name)) continue
    const meant = suggest(name, known)
    // Helpers may be exported too; only what looks like a slip is one.
    if (meant && exports[meant] === undefined)
      problems.add([name], `the export ${name} means nothing to Squall; did you mean ${meant}?`)
  }
}

function parse<S extends v.GenericSchema>(
  problems: Problems,
  path: readonly (string | number)[],
  schema: S,
  value: unknown,
): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  problems.addIssues(path, result.issues)
  return undefined
}

function parseList(problems: Problems, name: string, schema: v.GenericSchema, value: unknown): unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    problems.add([name], `${name} is ${typeof value}; it must be a list`)
    return []
  }
  return value.flatMap((entry, index) => parse(problems, [name, index], schema, entry) ?? [])
}

function parseConsumers(problems: Problems, value: unknown): ConsumerPlan[] {
  const parsed = parseList(problems, 'consumers', consumerSchema, value) as Omit<ConsumerPlan, 'index'>[]
  return parsed.map((plan, index) => ({ ...plan, index }) as ConsumerPlan)
}

function checkAssets(problems: Problems, streams: readonly StreamPlan[], consumers: readonly ConsumerPlan[]): void {
  repeated(streams.map(({ name }) => name)).forEach((index) => {
    problems.add(
      ['streams', index],
      `streams[${index}] is named ${streams[index]!.name}, as another stream is; names must differ`,
    )
  })
  repeated(consumers.map(({ name }) => name)).forEach((index) => {
    problems.add(
      ['consumers', index],
      `consumers[${index}] is named ${consumers[index]!.name}, as another consumer is; names must differ`,
    )
  })
  const names = streams.map(({ name }) => name)
  for (const [index, plan] of consumers.entries()) {
    if (plan.kind !== 'pull' || names.includes(plan.stream)) continue
    const meant = suggest(plan.stream, names)
    const hint = meant
      ? `did you mean ${meant}?`
      : names.length > 0
        ? `it must be one of ${names.join(', ')}`
        : 'the script declares no streams'
    problems.add(['consumers', index, 'stream'], `consumers[${index}].stream is "${plan.stream}"; ${hint}`)
  }
}

function parsePhases(problems: Problems, value: unknown, topology: TopologyPlan, scale: number): PhasePlan[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length === 0) {
    problems.add(
      ['phases'],
      `phases is ${Array.isArray(value) ? 'empty' : typeof value}; it must be a list of at least one phase`,
    )
    return []
  }
  if (value.length > maxPhases) {
    problems.add(
      ['phases'],
      `phases has ${value.length.toLocaleString('en')} entries; at most ${maxPhases.toLocaleString('en')} are allowed`,
    )
    return []
  }
  const parsed = value.map((phase, index) => parse(problems, ['phases', index], phaseSchema, phase))
  repeated(parsed.map((phase) => phase?.name)).forEach((index) => {
    problems.add(
      ['phases', index],
      `phases[${index}] is named ${parsed[index]!.name}, as an earlier phase is; names must differ`,
    )
  })
  const names = new OccurrenceNames()
  let total = 0
  return parsed.flatMap((phase, index) => {
    if (!phase) return []
    const plan = planPhase(phase, index, { problems, topology, scale, names })
    total += plan.faults.length
    if (total > maxOccurrences && total - plan.faults.length <= maxOccurrences) {
      problems.add(
        ['phases', index],
        `phases[${index}].faults fire more than ${maxOccurrences.toLocaleString('en')} times in all; that is the most allowed`,
      )
    }
    return plan
  })
}

interface PhaseContext {
  readonly problems: Problems
  readonly topology: TopologyPlan
  readonly scale: number
  readonly names: OccurrenceNames
}

function planPhase(phase: ParsedPhase, index: number, { problems, topology, scale, names }: PhaseContext): PhasePlan {
  const durationMs = phaseDuration(phase) * scale
  const executor = planExecutor(phase, scale)
  const faults: Occurrence[] = []
  for (const [position, timing] of phase.faults.entries()) {
    const path = ['phases', index, 'faults', position] as const
    const where = pathText(path)
    const first = 'at' in timing ? timing.at : (timing.start ?? timing.every)
    if (first >= phaseDuration(phase)) {
      const lasts = formatDuration(phaseDuration(phase))
      problems.add(
        path,
        `${where} would first fire after ${formatDuration(first)}, but phase ${phase.name} lasts ${lasts}`,
      )
      continue
    }
    checkLink(timing.fault.link, path, topology, problems)
    faults.push(...occurrencesOf(timing, durationMs, scale, names))
  }
  return {
    name: phase.name,
    durationMs,
    executor,
    gracefulStopMs: phase.gracefulStop,
    maxInFlight: phase.maxInFlight ?? defaultInFlight(executor, phase.ackTimeout),
    overrun: phase.overrun ?? 'drop',
    ackTimeoutMs: phase.ackTimeout,
    thinkTimeMs: phase.thinkTime ?? 0,
    faults,
  }
}

function checkLink(link: string, path: readonly (string | number)[], topology: TopologyPlan, problems: Problems): void {
  const { links } = singleShape
  if (selectLinks(links, link).length > 0) return
  const selectors = linkSelectors(links)
  const meant = suggest(link, selectors)
  const hint = meant ? `did you mean "${meant}"?` : `${topology.kind}() has ${selectors.join(', ')}`
  problems.add([...path, 'fault', 'link'], `${pathText(path)}: there is no link "${link}"; ${hint}`)
}

/** Indexes of entries that say again what an earlier one said. */
function repeated(values: readonly (string | undefined)[]): number[] {
  return values.flatMap((value, index) => (value !== undefined && values.indexOf(value) < index ? [index] : []))
}
