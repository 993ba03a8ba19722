import type { LoadPlan } from '../load/index.ts'
import type { ThresholdPlan } from '../measure/index.ts'

/** A scenario script, validated and printable: all that a run needs to know besides the functions in the bundle. */
export interface Plan extends LoadPlan {
  readonly script: {
    /** As the user named it. */
    readonly path: string
    /** Of the bundle, so that a change in any imported file counts. Hex. */
    readonly sha256: string
  }
  readonly options: PlanOptions
  readonly thresholds: readonly ThresholdPlan[]
  /** Which of its functions it exports besides `load`. The last is absent in reports of before. */
  readonly hooks: { readonly setup: boolean; readonly teardown: boolean; readonly verifyState?: boolean }
}

/** Options that change what the plan means. */
export interface PlanOptions {
  /** 32-bit unsigned; everything random in a run comes from it. */
  readonly seed: number
  /** Factor on phase durations and fault times; never on ack or election timeouts. */
  readonly timeScale: number
  /** Iterations later than this at p99 can make a run INVALID (measure/validity.ts); milliseconds. */
  readonly maxLagMs: number
  /** `--env K=V`, seen by the script as `process.env`. */
  readonly env: Readonly<Record<string, string>>
}
