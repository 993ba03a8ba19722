export type { Around } from './around.ts'
export { FaultCourses } from './fault-courses.ts'
export { type IntervalHealth, isHealthy, type Normal, RecoveryWatch } from './health.ts'
