import { UserError } from '../errors.ts'
import type { PhasePlan } from '../load/index.ts'
import {
  builtInMetrics,
  type MetricDefinition,
  parseSelector,
  parseThreshold,
  type Selector,
  type ThresholdPlan,
  toMilliseconds,
  windowKinds,
} from '../measure/index.ts'
import { type Problems, show } from './problems.ts'
import { suggest } from './suggest.ts'

/** A threshold as a script writes it. */
export type ThresholdInput =
  | string
  | { readonly threshold: string; readonly abortOnFail?: boolean; readonly delayAbortEval?: number | string }

/** What a script exports as `thresholds`: metric with tags → expressions. */
export type Thresholds = Readonly<Record<string, ThresholdInput | readonly ThresholdInput[]>>

export interface ThresholdContext {
  readonly problems: Problems
  readonly phases: readonly PhasePlan[]
  readonly metrics: readonly MetricDefinition[]
}

/** Checks metric, tags, aggregation and limit of each before anything is started: a slip must not cost a run. */
export function planThresholds(value: unknown, context: ThresholdContext): ThresholdPlan[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    context.problems.add(['thresholds'], `thresholds is ${show(value)}; it must be an object of metric → expressions`)
    return []
  }
  return Object.entries(value).flatMap(([selector, expressions]) => planOne(selector, expressions, context))
}

function planOne(
  selector: string,
  expressions: unknown,
  { problems, phases, metrics }: ThresholdContext,
): ThresholdPlan[] {
  const path = ['thresholds', selector]
  const guard = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.add(path, `thresholds: ${error.message}`)
      return undefined
    }
  }
  const parsed = guard(() => parseSelector(selector))
  if (!parsed) return []
  const metric = guard(() => findMetric(parsed, [...builtInMetrics, ...metrics]))
  guard(() => checkTags(selector, parsed, phases))
  if (!metric) return []
  const list = Array.isArray(expressions) ? expressions : [expressions]
  return list.flatMap((input) => guard(() => parseInput(selector, parsed, metric, input)) ?? [])
}

function findMetric({ metric }: Selector, metrics: readonly MetricDefinition[]): MetricDefinition {
  const found = metrics.find(({ name }) => name === metric)
  if (found) return found
  const names = metrics.map(({ name }) => name)
  const meant = suggest(metric, names)
  throw new UserError(
    `there is no metric ${metric}; ${meant ? `did you mean ${meant}?` : `there are ${names.join(', ')}`}`,
  )
}

/** Tags of the script's own may be anything; those of Squall have known values. */
function checkTags(selector: string, { tags }: Selector, phases: readonly PhasePlan[]): void {
  const faults = [...new Set(phases.flatMap((phase) => phase.faults.map(({ name }) => name)))]
  const values: Readonly<Record<string, readonly string[]>> = {
    phase: phases.map(({ name }) => name),
    window: windowKinds,
    fault: faults,
  }
  for (const [key, value] of Object.entries(tags)) {
    const allowed = values[key]
    if (!allowed) {
      const meant = suggest(key, Object.keys(values))
      if (meant) throw new UserError(`${selector}: there is no tag ${key}; did you mean ${meant}?`)
      continue
    }
    if (value.split('+').every((part) => allowed.includes(part))) continue
    const meant = suggest(value, allowed)
    const hint = meant ? `did you mean ${meant}?` : `there are ${allowed.join(', ') || 'none'}`
    throw new UserError(`${selector}: there is no ${key} "${value}"; ${hint}`)
  }
}

const inputKeys = ['threshold', 'abortOnFail', 'delayAbortEval']

function parseInput(selector: string, parsed: Selector, metric: MetricDefinition, input: unknown): ThresholdPlan {
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
      `${selector}: ${key} is not an option; ${meant ? `did you mean ${meant}?` : `there are ${inputKeys.join(', ')}`}`,
    )
  }
  const delayAbortEvalMs = toMilliseconds(delayAbortEval)
  if (typeof threshold !== 'string')
    throw new UserError(`${selector}: threshold is ${show(threshold)}; it must be an expression`)
  if (typeof abortOnFail !== 'boolean')
    throw new UserError(`${selector}: abortOnFail is ${show(abortOnFail)}; it must be true or false`)
  if (delayAbortEvalMs === undefined)
    throw new UserError(`${selector}: delayAbortEval is ${show(delayAbortEval)}; it must be a duration`)
  return parseThreshold(selector, parsed, metric, threshold, { abortOnFail, delayAbortEvalMs })
}
