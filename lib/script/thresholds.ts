import { UserError } from '../errors.ts'
import {
  builtInMetrics,
  durationForms,
  type MetricDefinition,
  observedMetrics,
  parseSelector,
  parseThreshold,
  recoveryMetrics,
  type Selector,
  type ThresholdPlan,
  toMilliseconds,
  windowKinds,
} from '../measure/index.ts'
import { show } from '../show.ts'
import { suggest } from '../suggest.ts'
import type { PathKey } from './literal.ts'
import type { Problems } from './problems.ts'

/** A threshold as a script writes it. */
export type ThresholdInput =
  | string
  | { readonly threshold: string; readonly abortOnFail?: boolean; readonly delayAbortEval?: number | string }

/** What a script exports as `thresholds`: metric with tags → expressions. */
export type Thresholds = Readonly<Record<string, ThresholdInput | readonly ThresholdInput[]>>

export interface ThresholdContext {
  readonly problems: Problems
  readonly phaseNames: readonly string[]
  /** Undefined when they can't be told because of problems in the phases. */
  readonly faultNames: readonly string[] | undefined
  /** What the run will tag with what it observes, by tag: the plan's nodes, streams, consumers, services and regions. */
  readonly observedNames: Readonly<
    Record<
      'node' | 'stream' | 'origin' | 'consumer' | 'service' | 'instance' | 'region' | 'between',
      readonly string[] | undefined
    >
  >
  readonly metrics: readonly MetricDefinition[]
}

/** Checks metric, tags, aggregation and limit of each before anything is started: a slip must not cost a run. */
export function planThresholds(value: unknown, context: ThresholdContext): ThresholdPlan[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) {
    context.problems.add(
      ['thresholds'],
      `thresholds is ${show(value)}; it must be an object such as { publish_latency: ['p99 < 20ms'] }`,
    )
    return []
  }
  return Object.entries(value).flatMap(([selector, expressions]) => planMetric(selector, expressions, context))
}

function planMetric(
  selector: string,
  expressions: unknown,
  { problems, metrics, ...names }: ThresholdContext,
): ThresholdPlan[] {
  const path = ['thresholds', selector]
  const parsed = told(problems, path, () => parseSelector(selector))
  if (!parsed) return []
  const metric = told(problems, path, () => findMetric(parsed, [...builtInMetrics, ...metrics]))
  told(problems, path, () => checkTags(selector, parsed, names))
  if (!metric) return []
  if (!Array.isArray(expressions))
    return told(problems, path, () => [planOne(selector, parsed, metric, expressions)]) ?? []
  if (expressions.length === 0)
    problems.add(path, `thresholds: ${selector} has no expressions; it must have one or more`)
  return Array.from(expressions as unknown[]).flatMap(
    (input, index) => told(problems, [...path, index], () => [planOne(selector, parsed, metric, input)]) ?? [],
  )
}

/** What a check returns; what it has against its input is added to the problems. */
function told<T>(problems: Problems, path: readonly PathKey[], check: () => T): T | undefined {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    problems.add(path, `thresholds: ${error.message}`)
    return undefined
  }
}

function findMetric({ metric }: Selector, metrics: readonly MetricDefinition[]): MetricDefinition {
  const found = metrics.find(({ name }) => name === metric)
  if (found) return found
  const names = metrics.map(({ name }) => name)
  const meant = suggest(metric, names)
  throw new UserError(
    `there is no metric ${metric}; ${meant ? `did you mean ${meant}?` : `the metrics are ${names.join(', ')}`}`,
  )
}

/** Tags of the script's own may be anything; those of Squall have known values. */
function checkTags(
  selector: string,
  { metric, tags }: Selector,
  { phaseNames, faultNames, observedNames }: Omit<ThresholdContext, 'problems' | 'metrics'>,
): void {
  const known = new Map<string, readonly string[] | undefined>([
    ['phase', phaseNames],
    ['window', windowKinds],
    ['fault', faultNames],
    // On messages and the script's own metrics these may be tags of the script's.
    ...(isObserved(metric) ? Object.entries(observedNames) : []),
  ])
  for (const [key, value] of Object.entries(tags)) {
    if (!known.has(key)) {
      // Only the nearest of slips, because the script may have tags of its own.
      const meant = suggest(key, [...known.keys()], 1)
      if (meant) throw new UserError(`${selector}: there is no tag ${key}; did you mean ${meant}?`)
      continue
    }
    const allowed = known.get(key)
    if (!allowed || value.split('+').every((part) => allowed.includes(part))) continue
    const meant = suggest(value, allowed)
    const hint = meant ? `did you mean "${meant}"?` : `the script has ${allowed.join(', ') || 'none'}`
    const what = key === 'between' ? 'pair of regions' : key
    throw new UserError(`${selector}: there is no ${what} "${value}"; ${hint}`)
  }
}

/** What Squall observes, it tags with names that the plan has; messages are tagged by the script. */
function isObserved(metric: string): boolean {
  return planTagged.has(metric)
}

const planTagged: ReadonlySet<string> = new Set([
  ...[...observedMetrics, ...recoveryMetrics].map(({ name }) => name),
  'publish_throughput',
  'consume_throughput',
  'backlog',
  'stream_lost',
  'path_lost',
  'path_duplicated',
  'path_out_of_order',
  'path_queued',
  'leak_ratio',
])

const inputKeys = ['threshold', 'abortOnFail', 'delayAbortEval']

function planOne(selector: string, parsed: Selector, metric: MetricDefinition, input: unknown): ThresholdPlan {
  if (typeof input === 'string')
    return parseThreshold(selector, parsed, metric, input, { abortOnFail: false, delayAbortEvalMs: 0 })
  if (typeof input !== 'object' || input === null) {
    throw new UserError(
      `${selector} is ${show(input)}; it must be an expression such as "p99 < 20ms", or a list of them`,
    )
  }
  const { threshold, abortOnFail = false, delayAbortEval = 0, ...rest } = input as Record<string, unknown>
  for (const key of Object.keys(rest)) {
    const meant = suggest(key, inputKeys)
    throw new UserError(
      `${selector}: ${key} is not an option; ${meant ? `did you mean ${meant}?` : `the options are ${inputKeys.join(', ')}`}`,
    )
  }
  const delayAbortEvalMs = toMilliseconds(delayAbortEval)
  if (typeof threshold !== 'string') {
    const seen = threshold === undefined ? 'missing' : show(threshold)
    throw new UserError(`${selector}: threshold is ${seen}; it must be an expression such as "p99 < 20ms"`)
  }
  if (typeof abortOnFail !== 'boolean')
    throw new UserError(`${selector}: abortOnFail is ${show(abortOnFail)}; it must be true or false`)
  if (delayAbortEvalMs === undefined)
    throw new UserError(`${selector}: delayAbortEval is ${show(delayAbortEval)}; it must be ${durationForms}`)
  return parseThreshold(selector, parsed, metric, threshold, { abortOnFail, delayAbortEvalMs })
}
