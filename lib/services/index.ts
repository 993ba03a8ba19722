export { Balancer } from './balancer.ts'
export { type CheckOptions, type ServiceInput, type ServiceOptions, type StateOptions, service } from './builders.ts'
export { instanceHeader } from './haproxy-config.ts'
export type { ServerStats } from './haproxy-control.ts'
export { Instance } from './instance.ts'
export type { BuildChange } from './launcher.ts'
export {
  type CheckPlan,
  describeProbe,
  instanceNames,
  type ProbePlan,
  type ServicePlan,
  type StatePlan,
  serviceLinks,
} from './plan.ts'
export { programProblem } from './program.ts'
export { Roll, type RollPlan, type RollStep } from './roll.ts'
export { commandSchema, environmentSchema, serviceSchema } from './schema.ts'
export { type InstanceView, Service } from './service.ts'
export { type Services, type ServicesContext, startServices } from './start.ts'
export { type StateFindings, StateWatch } from './state-watch.ts'
