/**
 * What a scenario script imports from `squall`: builders and types, nothing else.
 * @module
 */
export {
  at,
  type BandwidthOptions,
  type BlackholeOptions,
  bandwidth,
  blackhole,
  down,
  every,
  type FaultInput,
  type FaultTiming,
  type LatencyOptions,
  type LimitDataOptions,
  type LinkOptions,
  latency,
  limitData,
  type ResetPeerOptions,
  resetPeer,
  type SlicerOptions,
  type SlowCloseOptions,
  slicer,
  slowClose,
} from './faults/index.ts'
export {
  type ConsumerHandler,
  type ConsumerInput,
  type ConsumerOptions,
  consumer,
  type Iteration,
  type Load,
  type Message,
  type Phase,
  type PublishResult,
  type RequestMessage,
  type RequestResult,
  type ResponderHandler,
  type ResponderOptions,
  responder,
  type SetupContext,
  type StreamInput,
  type StreamOptions,
  type SubscriptionHandler,
  type SubscriptionOptions,
  stream,
  subscription,
  type TeardownContext,
} from './load/index.ts'
export { counter, type Duration, gauge, rate, type Size, trend } from './measure/index.ts'
export type { ThresholdInput, Thresholds } from './script/index.ts'
export { type SingleOptions, single } from './topology/index.ts'
