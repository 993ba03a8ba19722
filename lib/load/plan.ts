import type { MetricDefinition } from '../measure/index.ts'
import type { ServicePlan } from '../services/index.ts'
import type { TopologyPlan } from '../topology/index.ts'
import type { ConsumerPlan, StreamPlan } from './assets/assets.ts'
import type { PhasePlan } from './executors/phase.ts'

/** What a generator needs to know of a scenario script, besides the functions in its bundle. */
export interface LoadPlan {
  readonly options: {
    /** 32-bit unsigned; everything random in a run comes from it. */
    readonly seed: number
  }
  readonly topology: TopologyPlan
  readonly streams: readonly StreamPlan[]
  readonly consumers: readonly ConsumerPlan[]
  readonly services: readonly ServicePlan[]
  readonly phases: readonly PhasePlan[]
  /** The script's own metrics, in the order it declared them. */
  readonly metrics: readonly MetricDefinition[]
}
