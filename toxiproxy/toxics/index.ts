import { bandwidth } from './bandwidth.ts'
import type { Kind } from './kind.ts'
import { latency } from './latency.ts'
import { limitData } from './limit-data.ts'
import { noop } from './noop.ts'
import { resetPeer } from './reset-peer.ts'
import { slicer } from './slicer.ts'
import { slowClose } from './slow-close.ts'
import { timeout } from './timeout.ts'

export type { Kind } from './kind.ts'
export type { Attributes, Ending, Flow, Stage, StageHost } from './stage.ts'

/** By their name on the wire. */
export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['latency', latency],
  ['bandwidth', bandwidth],
  ['slow_close', slowClose],
  ['timeout', timeout],
  ['reset_peer', resetPeer],
  ['slicer', slicer],
  ['limit_data', limitData],
  ['noop', noop],
])
