import type { MetricType } from './metrics.ts'

/** One threshold expression, parsed: `p99 < 20ms` on `publish_latency{phase:baseline}`. Plain data. */
export interface ThresholdPlan {
  /** As written in the script: `publish_latency{phase:baseline}`. */
  readonly selector: string
  readonly metric: string
  readonly type: MetricType
  /** Every tag must match; `fault:slow` matches a window in which `slow` was one of several faults. */
  readonly tags: Readonly<Record<string, string>>
  /** As written: `p99 < 20ms`. */
  readonly expression: string
  readonly aggregation: Aggregation
  readonly operator: Operator
  /** In the metric's unit: milliseconds for times, bytes, counts, shares. */
  readonly limit: number
  readonly abortOnFail: boolean
  /** Milliseconds from the start of the load before `abortOnFail` may act. */
  readonly delayAbortEvalMs: number
}

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!='

/** `percentile` carries its share (0.99 for p99). */
export type Aggregation =
  | { readonly kind: 'percentile'; readonly share: number }
  | { readonly kind: 'avg' | 'min' | 'max' | 'count' | 'rate' | 'value' }

/** A threshold after the run. A threshold with no samples fails, with `observed` undefined. */
export interface ThresholdResult {
  readonly selector: string
  readonly expression: string
  readonly passed: boolean
  /** In the metric's unit; absent when there was no sample, and when it would be one of something that never came. */
  readonly observed?: number
  /** What was to be observed never came, though it was waited for so long; in the metric's unit. */
  readonly notWithin?: number
  readonly samples: number
}

/** Does an observed value keep to the threshold? Both in the metric's unit. */
export function thresholdHolds(
  { operator, limit }: Pick<ThresholdPlan, 'operator' | 'limit'>,
  observed: number,
): boolean {
  switch (operator) {
    case '<':
      return observed < limit
    case '<=':
      return observed <= limit
    case '>':
      return observed > limit
    case '>=':
      return observed >= limit
    case '==':
      return observed === limit
    case '!=':
      return observed !== limit
  }
}
