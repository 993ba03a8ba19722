export type { Death, StartOptions } from './child.ts'
export { type Deviation, deviations } from './deviations.ts'
export { linkBytes, linkBytesPerLatency, linkBytesPerStage } from './limits.ts'
export {
  connectExternal,
  type RunningToxiproxy,
  startEmbedded,
  startReal,
} from './start.ts'
export { embeddedVersion } from './version.ts'
