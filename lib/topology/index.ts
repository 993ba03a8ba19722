export { connectTopology } from './connect.ts'
export * from './jetstream/jetstream-state.ts'
export {
  type ConsumerView,
  type JszView,
  jszPath,
  jszWithConsumersPath,
  readJsz,
  type StreamView,
} from './jetstream/jsz.ts'
export * from './jetstream/meta-group.ts'
export { electedBy, type GroupView, type ReplicaView } from './jetstream/raft-group.ts'
export { type BorrowedProxies, restoreProxies } from './proxies/borrowed-proxies.ts'
export { ControlError, controlCall } from './proxies/control-call.ts'
export { LinkProxies, type LinkProxiesOptions, proxyPrefix } from './proxies/proxies.ts'
export { addToxic, type ToxicSpec } from './proxies/toxic.ts'
export { type RegionVia, readRegional, regionPaths } from './routes/routes.ts'
export { readGreeting } from './server/greeting.ts'
export type { Ground } from './server/ground.ts'
export {
  describeExit,
  ManagedProcess,
  type ProcessExit,
  type ProcessOptions,
  type Signal,
} from './server/managed-process.ts'
export { candidatePort, claimPorts } from './server/ports.ts'
export * from './shapes/cluster.ts'
export {
  type ExternalAuth,
  type ExternalOptions,
  type ExternalPlan,
  external,
  withoutSecrets,
} from './shapes/external.ts'
export { type Failover, failoverProblem, failoverRegions, failoverSchema } from './shapes/failover.ts'
export { type Link, type LinkPlan, linkSelectors, type RoutePair, selectLinks } from './shapes/link.ts'
export * from './shapes/plan.ts'
export * from './shapes/region-pairs.ts'
export * from './shapes/regions.ts'
export type { ServerOptions, ServerPlan } from './shapes/server-options.ts'
export type { RegionShape, TopologyShape } from './shapes/shape.ts'
export * from './shapes/single.ts'
export { startTopology, type TopologyContext } from './start.ts'
export type * from './topology.ts'
