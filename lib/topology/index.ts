export { type BorrowedProxies, restoreProxies } from './borrowed-proxies.ts'
export * from './cluster.ts'
export { connectTopology } from './connect.ts'
export { ControlError, controlCall } from './control-call.ts'
export {
  type ExternalAuth,
  type ExternalOptions,
  type ExternalPlan,
  external,
  withoutSecrets,
} from './external.ts'
export { type Failover, failoverProblem, failoverRegions, failoverSchema } from './failover.ts'
export { readGreeting } from './greeting.ts'
export type { Ground } from './ground.ts'
export * from './jetstream-state.ts'
export { type ConsumerView, type JszView, jszPath, jszWithConsumersPath, readJsz, type StreamView } from './jsz.ts'
export { type Link, type LinkPlan, linkSelectors, type RoutePair, selectLinks } from './link.ts'
export { describeExit, ManagedProcess, type ProcessExit, type ProcessOptions, type Signal } from './managed-process.ts'
export * from './meta-group.ts'
export * from './plan.ts'
export { candidatePort, claimPorts } from './ports.ts'
export { LinkProxies, type LinkProxiesOptions, proxyPrefix } from './proxies.ts'
export { electedBy, type GroupView, type ReplicaView } from './raft-group.ts'
export * from './region-pairs.ts'
export * from './regions.ts'
export { type RegionVia, readRegional, regionPaths } from './routes.ts'
export type { ServerOptions, ServerPlan } from './server-options.ts'
export type { RegionShape, TopologyShape } from './shape.ts'
export * from './single.ts'
export { startTopology, type TopologyContext } from './start.ts'
export type * from './topology.ts'
export { addToxic, type ToxicSpec } from './toxic.ts'
