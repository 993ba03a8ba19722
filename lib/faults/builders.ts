import { build } from '../call-site.ts'
import type { Duration, Size } from '../measure/index.ts'
import type { Stream } from './fault.ts'

/** What every fault on a link takes. */
export interface LinkOptions {
  /** A link's name or group: `'clients'` (all, the default), `'publishers'`, `'consumers'`, `'publishers-n1'`. */
  readonly link?: string
}

export interface ToxicOptions extends LinkOptions {
  /** `'upstream'` client → server, `'downstream'` server → client, or `'both'`. */
  readonly stream?: Stream
  /** Share of connections that it acts on, 0 to 1; 1 by default. Which ones follows from the run's seed. */
  readonly toxicity?: number
}

export interface LatencyOptions extends ToxicOptions {
  /** Added to everything that goes one way: with the default stream, downstream, once to every round trip. */
  readonly delay: Duration
  /** Each chunk is delayed by `delay ± jitter`, uniformly. Order is kept. */
  readonly jitter?: Duration
}

/** Delays what goes through a link. */
export function latency(options: LatencyOptions) {
  return build('latency', { kind: 'latency' }, options)
}

export interface BandwidthOptions extends ToxicOptions {
  /** `'100KB/s'`, or kilobytes (1 000 bytes) a second: for each connection and direction. */
  readonly rate: number | string
}

/** Limits what goes through a link. */
export function bandwidth(options: BandwidthOptions) {
  return build('bandwidth', { kind: 'bandwidth' }, options)
}

export interface SlicerOptions extends ToxicOptions {
  readonly averageSize: Size
  /** Slices are `averageSize ± sizeVariation`. */
  readonly sizeVariation?: Size
  /** Between slices. */
  readonly delay?: Duration
}

/** Cuts what goes through a link into small pieces. */
export function slicer(options: SlicerOptions) {
  return build('slicer', { kind: 'slicer' }, options)
}

export interface SlowCloseOptions extends ToxicOptions {
  readonly delay: Duration
}

/** Holds back the end of a connection. */
export function slowClose(options: SlowCloseOptions) {
  return build('slowClose', { kind: 'slowClose' }, options)
}

export interface LimitDataOptions extends ToxicOptions {
  readonly bytes: Size
}

/** Closes each connection after so many bytes. */
export function limitData(options: LimitDataOptions) {
  return build('limitData', { kind: 'limitData' }, options)
}

export interface ResetPeerOptions extends ToxicOptions {
  /** Time until the reset; at once by default. */
  readonly after?: Duration
}

/** Ends connections with a TCP reset. */
export function resetPeer(options: ResetPeerOptions = {}) {
  return build('resetPeer', { kind: 'resetPeer' }, options)
}

export interface BlackholeOptions extends ToxicOptions {
  /**
   * `'drop'` (default) throws bytes away, and healing closes the connections that lost some; `'stall'` holds them back, and
   * healing lets them through: the nearest to a network partition that a proxy can come.
   */
  readonly mode?: 'drop' | 'stall'
}

/** Nothing goes through a link, and nobody is told. Both directions by default. */
export function blackhole(options: BlackholeOptions = {}) {
  return build('blackhole', { kind: 'blackhole' }, options)
}

/** Closes a link's connections and refuses new ones. */
export function down(options: LinkOptions = {}) {
  return build('down', { kind: 'down' }, options)
}

/** What a fault builder makes. */
export type FaultInput = ReturnType<
  | typeof latency
  | typeof bandwidth
  | typeof slicer
  | typeof slowClose
  | typeof limitData
  | typeof resetPeer
  | typeof blackhole
  | typeof down
>
