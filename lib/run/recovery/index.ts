export type { Around } from './around.ts'
export { FaultCourses } from './fault-courses.ts'
export { isHealthy, type Normal, RecoveryWatch } from './health.ts'
