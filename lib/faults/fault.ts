import type { RollPlan, RollStep } from '../services/index.ts'
import type { Target } from './target.ts'

/** Which way a fault on a link acts. Toxiproxy's words: `upstream` is client → server, `downstream` server → client. */
export type Stream = 'upstream' | 'downstream' | 'both'

/** A fault as plain data, validated; times in milliseconds, sizes in bytes. Kinds: DESIGN §4, docs/faults.md. */
export type Fault = LinkFault | NodeFault | PartitionFault | WideAreaFault | IsolateClientsFault | RollFault

interface OnLink {
  /** A link's name or group: `clients` (default), `publishers`, `consumers`, `publishers-n1`. */
  readonly link: string
}

interface ToxicFault extends OnLink {
  readonly stream: Stream
  /** Share of connections that it acts on, 0–1. */
  readonly toxicity: number
}

export interface LatencyFault extends ToxicFault {
  readonly kind: 'latency'
  readonly delayMs: number
  readonly jitterMs: number
}
export interface BandwidthFault extends ToxicFault {
  readonly kind: 'bandwidth'
  /** Kilobytes (1 000 B) a second, for each connection and direction. */
  readonly kilobytesPerSecond: number
}
export interface SlicerFault extends ToxicFault {
  readonly kind: 'slicer'
  readonly averageSize: number
  readonly sizeVariation: number
  /** Microseconds between slices. */
  readonly delayUs: number
}
export interface SlowCloseFault extends ToxicFault {
  readonly kind: 'slowClose'
  readonly delayMs: number
}
export interface LimitDataFault extends ToxicFault {
  readonly kind: 'limitData'
  readonly bytes: number
}
export interface ResetPeerFault extends ToxicFault {
  readonly kind: 'resetPeer'
  readonly afterMs: number
}
/** `drop` throws bytes away and the connection dies when healed; `stall` holds them back and lets them go on. */
export interface BlackholeFault extends ToxicFault {
  readonly kind: 'blackhole'
  readonly mode: 'drop' | 'stall'
}
/** Closes every connection and refuses new ones. */
export interface DownFault extends OnLink {
  readonly kind: 'down'
}

interface OnNodes {
  readonly target: Target
  /** The script knows that this takes quorum away, and wants it. */
  readonly allowQuorumLoss: boolean
}

/**
 * On server processes, and on instances of services. `kill` is SIGKILL, `stop` SIGTERM, `pause` SIGSTOP, `lameDuck` SIGUSR2;
 * healing starts or resumes them. `restart` is SIGTERM and a start at once. `crashLoop`, of instances alone, is SIGKILL each time
 * that it comes up: who starts it again is its service.
 */
export interface NodeFault extends OnNodes {
  readonly kind: 'kill' | 'stop' | 'pause' | 'restart' | 'lameDuck' | 'crashLoop'
  /** Empties the store before it is started again: a disk that was replaced. */
  readonly wipe: boolean
}

export type PartitionShape = 'isolate' | 'halves' | 'bridge' | 'majoritiesRing' | 'oneWay' | 'apart'

/** Cuts between nodes, on their routes; clients still reach every node. */
export interface PartitionFault extends OnNodes {
  readonly kind: 'partition'
  readonly shape: PartitionShape
  /** Of `oneWay` and `apart`: whom the target is cut off from; all others when it is not there. */
  readonly hearers?: Target
  /** `drop` throws bytes away, `stall` holds them back, `down` closes the routes and refuses new ones. */
  readonly mode: 'drop' | 'stall' | 'down'
  /** It comes and goes: in force for `onMs`, not for `offMs`, and so on. */
  readonly flapping?: { readonly onMs: number; readonly offMs: number }
}

/** Links between the target and others get worse, and stay up. */
export type WideAreaFault = SlowFault | LossyLinkFault

interface BetweenNodes {
  readonly target: Target
  /** The links to whom; to all others when it is not there. */
  readonly hearers?: Target
}

/** In both directions. */
export interface SlowFault extends BetweenNodes {
  readonly kind: 'slow'
  readonly delayMs: number
  readonly jitterMs: number
  /** Kilobytes (1 000 B) a second, for each connection and direction; no limit when it is not there. */
  readonly kilobytesPerSecond?: number
}

/**
 * All that goes through is held back for `stallMs` again and again, at random, about every `everyMs`: what TCP makes of a lost packet. A proxy
 * sees no packets, and drops none.
 */
export interface LossyLinkFault extends BetweenNodes {
  readonly kind: 'lossyLink'
  readonly stallMs: number
  readonly everyMs: number
}

/** The clients of nodes do not reach them; the nodes reach each other. */
export interface IsolateClientsFault {
  readonly kind: 'isolateClients'
  readonly target: Target
  readonly role: 'clients' | 'publishers' | 'consumers'
  readonly mode: 'drop' | 'stall' | 'down'
}

/** Restarts the instances of a service one after another; healing it finishes the one under way and begins no other. */
export interface RollFault extends RollPlan {
  readonly kind: 'rollingRestart'
  readonly service: string
}

export type LinkFault =
  | LatencyFault
  | BandwidthFault
  | SlicerFault
  | SlowCloseFault
  | LimitDataFault
  | ResetPeerFault
  | BlackholeFault
  | DownFault

export function isLinkFault(fault: Fault): fault is LinkFault {
  return 'link' in fault
}

/** Has it a target: nodes, a region, or an instance? */
export function hasTarget(fault: Fault): fault is TargetedFault {
  return 'target' in fault
}
export type TargetedFault = NodeFault | PartitionFault | WideAreaFault | IsolateClientsFault

/** Is it on what lies between nodes? */
export function isBetweenNodes(fault: Fault): fault is PartitionFault | WideAreaFault {
  return fault.kind === 'partition' || fault.kind === 'slow' || fault.kind === 'lossyLink'
}

/** Is it on processes? */
export function isNodeFault(fault: Fault): fault is NodeFault {
  return 'wipe' in fault
}

/** One firing of a fault within its phase. `every('10s', …)` makes several of the same name. */
export interface Occurrence {
  /** Unique in the run: `slow#2`. */
  readonly id: string
  /** The `fault` tag of its samples: the name given, or one made from kind and link. */
  readonly name: string
  readonly fault: Fault
  /** Milliseconds from the start of the phase, time scale applied. */
  readonly atMs: number
  /** Milliseconds it stays; null means to the end of the phase. */
  readonly forMs: number | null
}

/** What happened to one occurrence. Times are monotonic milliseconds from the start of the load. */
export interface FaultLogEntry {
  readonly id: string
  readonly name: string
  readonly phase: string
  readonly fault: Fault
  /** The links or nodes it was put on, resolved when it fired. */
  readonly targets: readonly string[]
  /** Of a partition, whose targets are the routes that it cut: which nodes were apart, as `n3 | n1, n2`. */
  readonly parts?: string
  readonly scheduledAt: number
  /** For how long, from then on. Absent in reports of before. */
  readonly plannedMs?: number
  /** When the first control call went out, and when the last one had been confirmed by reading it back. */
  readonly applyingAt?: number
  readonly appliedAt?: number
  readonly healingAt?: number
  readonly healedAt?: number
  /** Of a rolling restart: how each instance's went by. */
  readonly roll?: RollLog
  /** What was seen of it besides the proxy's word, such as routes that were gone. */
  readonly proof?: string
  readonly error?: string
}

/** Of a rolling restart; times of its steps are milliseconds from the start of the load. */
export interface RollLog {
  readonly steps: readonly RollStep[]
  /** Instances whose turn did not come. */
  readonly left: readonly string[]
  /** Why it stopped before its end. */
  readonly failure?: string
}
