import { build } from '../call-site.ts'
import type { Duration, Size } from '../measure/index.ts'
import type { Stream } from './fault.ts'
import { allNodes, region, type Target } from './target.ts'

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

/** What every fault on nodes takes. */
export interface NodeOptions {
  /** Without it, a timeline that would take quorum away is refused. */
  readonly allowQuorumLoss?: boolean
}

export interface RestartingOptions extends NodeOptions {
  /** Empties the store before the node is started again. */
  readonly wipe?: boolean
}

/** SIGKILL; started again when healed. What a process had written survives it: this is not a power loss. */
export function kill(target: Target, options: RestartingOptions = {}) {
  return build('kill', { kind: 'kill', target }, options)
}

/** SIGTERM, an orderly end; started again when healed. */
export function stop(target: Target, options: RestartingOptions = {}) {
  return build('stop', { kind: 'stop', target }, options)
}

/** SIGSTOP: connections stay and nothing answers; resumed when healed. */
export function pause(target: Target, options: NodeOptions = {}) {
  return build('pause', { kind: 'pause', target }, options)
}

/** SIGTERM and started again at once. */
export function restart(target: Target, options: RestartingOptions = {}) {
  return build('restart', { kind: 'restart', target }, options)
}

/** Hands its leaderships over, sends its clients away and ends; started again when healed. */
export function lameDuck(target: Target, options: NodeOptions = {}) {
  return build('lameDuck', { kind: 'lameDuck', target }, options)
}

/**
 * An instance of a service that crashes, and again each time that it comes up: SIGKILL, and its service starts it again or
 * gives it up. Healing lets it live; one that was given up stays down, and a person is asked for.
 */
export function crashLoop(target: Target) {
  return build('crashLoop', { kind: 'crashLoop', target }, {})
}

export interface PartitionOptions extends NodeOptions {
  /** `'drop'` (default), `'stall'`, or `'down'`, which closes the routes so that it is noticed at once. */
  readonly mode?: 'drop' | 'stall' | 'down'
}

/** Cuts a node off from all others: `isolate(leaderOf('ORDERS'))`. */
export function isolate(target: Target, options: PartitionOptions = {}) {
  return build('isolate', { kind: 'partition', shape: 'isolate', target }, options)
}

/** Cuts the cluster in two; the target is in the smaller half. */
export function halves(target: Target, options: PartitionOptions = {}) {
  return build('halves', { kind: 'partition', shape: 'halves', target }, options)
}

/** Cuts the cluster in two halves that meet in one node only; the target is in the smaller half. */
export function bridge(target: Target, options: PartitionOptions = {}) {
  return build('bridge', { kind: 'partition', shape: 'bridge', target }, options)
}

export interface ApartOptions extends PartitionOptions {
  /** Whom it is cut off from; all others by default. */
  readonly from?: Target
}

/** Cuts the target's nodes off from the others; they still hear each other: `partition(region('b'))`. */
export function partition(target: Target, options: ApartOptions = {}) {
  const { from, ...rest } = options
  return build('partition', { kind: 'partition', shape: 'apart', target, ...(from && { hearers: from }) }, rest)
}

/** Cuts two regions off from each other, and from nobody else. */
export function between(one: string, other: string, options: PartitionOptions = {}) {
  return partition(region(one), { ...options, from: region(other) })
}

/** Every node hears a majority, and no two nodes the same one. Not with `'down'`: it cuts single directions. */
export function majoritiesRing(options: Omit<PartitionOptions, 'mode'> & { readonly mode?: 'drop' | 'stall' } = {}) {
  return build('majoritiesRing', { kind: 'partition', shape: 'majoritiesRing', target: allNodes() }, options)
}

export interface OneWayOptions extends NodeOptions {
  /** Who does not hear the target; all others by default. */
  readonly hearers?: Target
  readonly mode?: 'drop' | 'stall'
}

/** What the target says is not heard; what it hears still comes. Bytes of the application, not packets. */
export function oneWay(target: Target, options: OneWayOptions = {}) {
  return build('oneWay', { kind: 'partition', shape: 'oneWay', target }, options)
}

export interface FlappingOptions {
  /** In force for so long, … */
  readonly on: Duration
  /** … and not for so long, and so on. Times of the fault: the time scale applies. */
  readonly off: Duration
}

/** A partition that comes and goes: `flapping(partition(region('b')), { on: '2s', off: '3s' })`. */
export function flapping(fault: PartitionInput, { on, off }: FlappingOptions) {
  return build('flapping', { ...fault, flapping: { on, off } }, {})
}

export interface SlowOptions {
  /** The links to whom get slow; to all others by default. */
  readonly from?: Target
  /** One way, on top of what lies between them: a round trip takes twice as much longer. */
  readonly latency?: Duration
  /** Each chunk takes `latency ± jitter` longer. Order is kept. */
  readonly jitter?: Duration
  /** `'1MB/s'`, or kilobytes (1 000 bytes) a second: for each connection and direction. */
  readonly bandwidth?: number | string
}

/** The links between the target and the others are longer, or narrower: `slow(region('b'), { latency: '200ms' })`. */
export function slow(target: Target, { from, ...options }: SlowOptions) {
  return build('slow', { kind: 'slow', target, ...(from && { hearers: from }) }, options)
}

export interface LossyLinkOptions {
  /** The links to whom lose packets; to all others by default. */
  readonly from?: Target
  /** How long a lost packet holds up what is behind it; 200 ms by default, the shortest time after which Linux sends it again. */
  readonly stall?: Duration
  /** From one loss to the next, on average; 2 s by default. */
  readonly every?: Duration
}

/**
 * The links between the target and the others stall at random, as TCP does when a packet is lost. A proxy can't drop packets: this is what
 * remains of it for those who talk over TCP.
 */
export function lossyLink(target: Target, { from, ...options }: LossyLinkOptions = {}) {
  return build('lossyLink', { kind: 'lossyLink', target, ...(from && { hearers: from }) }, options)
}

export interface IsolateClientsOptions {
  /** Whose links are cut; those of both by default. */
  readonly role?: 'publishers' | 'consumers'
  /** `'drop'` (default), `'stall'`, or `'down'`, which closes the connections. */
  readonly mode?: 'drop' | 'stall' | 'down'
}

/** Cuts the clients of the target's nodes off; the nodes reach each other: `isolateClients(region('b'))`. */
export function isolateClients(target: Target, options: IsolateClientsOptions = {}) {
  return build('isolateClients', { kind: 'isolateClients', target }, options)
}

export interface RollingRestartOptions {
  /** `'forward'` by default: router-1 first. What is random follows from the run's seed. */
  readonly order?: 'forward' | 'reverse' | 'random'
  /** From one instance that is active again to the next; none by default. A time of the fault: the time scale applies. */
  readonly pause?: Duration
  /** Longest from an instance's start until it is active, and longest that is waited for others that are not; 30 s by default. */
  readonly waitHealthy?: Duration
  /** Longest that requests under way may take before the stop signal; 10 s by default, 0 for none. */
  readonly drain?: Duration
  /** Instances that may be without work at once; 1 by default. */
  readonly maxUnavailable?: number
  /** Starts the new one before the old one is stopped. Needs HAProxy in front. */
  readonly surge?: boolean
  /** Another build: what instances are started with from then on. */
  readonly to?: { readonly command?: readonly string[]; readonly env?: Readonly<Record<string, string>> }
}

/** Restarts a service's instances one after another: drained, stopped, started, and active before the next one's turn. */
export function rollingRestart(service: string, options: RollingRestartOptions = {}) {
  return build('rollingRestart', { kind: 'rollingRestart', service }, options)
}

/** What the builders of partitions make. */
export type PartitionInput = ReturnType<
  typeof isolate | typeof halves | typeof bridge | typeof majoritiesRing | typeof partition | typeof oneWay
>

/** What a fault builder makes. */
export type FaultInput =
  | PartitionInput
  | ReturnType<
      | typeof latency
      | typeof bandwidth
      | typeof slicer
      | typeof slowClose
      | typeof limitData
      | typeof resetPeer
      | typeof blackhole
      | typeof down
      | typeof kill
      | typeof stop
      | typeof pause
      | typeof restart
      | typeof lameDuck
      | typeof crashLoop
      | typeof flapping
      | typeof slow
      | typeof lossyLink
      | typeof isolateClients
      | typeof rollingRestart
    >
