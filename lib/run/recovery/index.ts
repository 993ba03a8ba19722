export type { Around } from './around.ts'
export { FaultCourses } from './fault-courses.ts'
export { isHealthy, RecoveryWatch } from './health.ts'
