import type { Aggregation, MetricDefinition } from '../../measure/index.ts'
import type { Stretch } from '../breakdown.ts'
import type { Direction } from './judge.ts'

/** What one row of a comparison is about. */
export interface Figure {
  readonly definition: MetricDefinition
  /** As written: `p99`, `rate`. */
  readonly name: string
  readonly aggregation: Aggregation
  readonly stretch: Stretch
  readonly better: Direction
}
