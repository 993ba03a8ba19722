import { UserError } from '../errors.ts'
import type { MetricDefinition, MetricType, Tags } from './metrics.ts'
import type { Aggregation, Operator, ThresholdPlan } from './threshold.ts'
import { toBytes, toMilliseconds } from './units.ts'

/** A metric with tags, as a threshold names it. */
export interface Selector {
  readonly metric: string
  readonly tags: Tags
}

const selectorPattern = /^([a-zA-Z_]\w*)(?:\{([^{}]*)\})?$/
const expressionPattern =
  /^\s*([a-z]+(?:\d+(?:\.\d+)?|\(\s*\d+(?:\.\d+)?\s*\))?)\s*(<=|>=|===|==|!==|!=|<|>)\s*(\S+(?:\s\S+)*)\s*$/
const percentilePattern = /^p\(?\s*(\d+(?:\.\d+)?)\s*\)?$/

/** Which aggregations each type of metric has. */
export const aggregationsOf: Readonly<Record<MetricType, readonly string[]>> = {
  trend: ['p50', 'p99.9', 'p(95)', 'med', 'avg', 'min', 'max', 'count'],
  throughput: ['p50', 'p99.9', 'p(95)', 'med', 'avg', 'min', 'max', 'count'],
  counter: ['count', 'rate'],
  rate: ['rate'],
  gauge: ['value', 'min', 'max'],
}

/** `publish_latency{phase:baseline,window:fault}`. Throws a {@link UserError} when it is not of this form. */
export function parseSelector(text: string): Selector {
  const match = selectorPattern.exec(text.trim())
  if (!match)
    throw new UserError(`"${text}" is not a metric; write it like publish_latency{phase:baseline,window:fault}`)
  const tags: Record<string, string> = {}
  for (const pair of (match[2] ?? '').split(',').filter((part) => part.trim() !== '')) {
    const colon = pair.indexOf(':')
    if (colon < 1) throw new UserError(`"${pair.trim()}" in ${text} is not a tag; write it like phase:baseline`)
    const key = pair.slice(0, colon).trim()
    if (Object.hasOwn(tags, key)) throw new UserError(`${text} has the tag ${key} twice; every tag must match`)
    tags[key] = pair.slice(colon + 1).trim()
  }
  return { metric: match[1]!, tags }
}

export interface ThresholdOptions {
  readonly abortOnFail: boolean
  readonly delayAbortEvalMs: number
}

/**
 * One expression in k6's spelling or ours, with units: `p(95)<500`, `p99 < 20ms`, `rate > 99.9%`, `count == 0`.
 * Throws a {@link UserError} that says what the metric allows.
 */
export function parseThreshold(
  selector: string,
  { metric, tags }: Selector,
  { type, unit }: Pick<MetricDefinition, 'type' | 'unit'>,
  expression: string,
  options: ThresholdOptions,
): ThresholdPlan {
  const match = expressionPattern.exec(expression)
  if (!match) {
    throw new UserError(`"${expression}" is not a threshold of ${metric}; write it like ${example(type, unit)}`)
  }
  const aggregation = parseAggregation(match[1]!, type)
  if (!aggregation) {
    const names = aggregationsOf[type].join(', ')
    throw new UserError(`"${match[1]}" in "${expression}": ${metric} is a ${type} and has ${names}`)
  }
  const limit = parseLimit(match[3]!, aggregation, type, unit)
  if (limit === undefined) {
    throw new UserError(
      `"${match[3]}" in "${expression}" is not a limit of ${metric}; write it like ${example(type, unit)}`,
    )
  }
  const operator = match[2]!.replace('===', '==').replace('!==', '!=') as Operator
  return { selector, metric, type, tags, expression: expression.trim(), aggregation, operator, limit, ...options }
}

/** `p99.9`, `p(95)`, `count`; undefined when a metric of this type has no such thing. */
export function parseAggregation(text: string, type: MetricType): Aggregation | undefined {
  const aggregation = readAggregation(text)
  return aggregation && allowed(type, aggregation) ? aggregation : undefined
}

function readAggregation(text: string): Aggregation | undefined {
  const percentile = percentilePattern.exec(text)
  if (percentile) {
    const share = shareOf(percentile[1]!)
    return share <= 1 ? { kind: 'percentile', share } : undefined
  }
  if (text === 'med') return { kind: 'percentile', share: 0.5 }
  const kinds = ['avg', 'min', 'max', 'count', 'rate', 'value'] as const
  const kind = kinds.find((candidate) => candidate === text)
  return kind && { kind }
}

function allowed(type: MetricType, { kind }: Aggregation): boolean {
  return kind === 'percentile' ? type === 'trend' || type === 'throughput' : aggregationsOf[type].includes(kind)
}

function parseLimit(
  text: string,
  aggregation: Aggregation,
  type: MetricType,
  unit: MetricDefinition['unit'],
): number | undefined {
  if (unit === 'share') return parseShare(text, type === 'rate' ? 1 : Number.POSITIVE_INFINITY)
  if (Number.isFinite(Number(text))) return Number(text)
  if (aggregation.kind === 'count' && type !== 'counter') return undefined
  if (unit === 'time') return toMilliseconds(text)
  if (unit === 'bytes') return toBytes(text)
  return undefined
}

/** `99.9%` or `0.999`; a rate is never more than 1, and `rate > 99.9` would never hold, but of two cores 1.5 are used. */
function parseShare(text: string, most: number): number | undefined {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const share = percent ? shareOf(percent[1]!) : Number(text)
  return share >= 0 && share <= most && Number.isFinite(share) ? share : undefined
}

/** Moves the point in the text: 99.9 / 100 is more than 0.999, and a rate of 999 in 1 000 would miss it. */
function shareOf(percent: string): number {
  return Number(`${percent}e-2`)
}

function example(type: MetricType, unit: MetricDefinition['unit']): string {
  if (type === 'counter') return unit === 'bytes' ? '"count < 10MB"' : '"count == 0"'
  if (type === 'rate') return '"rate > 99.9%" or "rate > 0.999"'
  if (type === 'gauge') return '"value < 10"'
  if (type === 'throughput') return '"min > 100"'
  if (unit === 'share') return '"p99 < 80%" or "p99 < 0.8"'
  return unit === 'time' ? '"p99 < 20ms" or "p(99)<20"' : '"p99 < 4KB"'
}
