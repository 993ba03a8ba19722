export { describePlan } from './describe.ts'
export { type LoadPlanOptions, loadPlan } from './load-plan.ts'
export type * from './plan.ts'
export type { ThresholdInput, Thresholds } from './thresholds.ts'
