import type { ServerNode } from '../topology/index.ts'

/** What an observer needs to know of a node. */
export type ObservedNode = Pick<ServerNode, 'name' | 'monitor' | 'pid' | 'state'>

/** What a process uses; undefined where the platform does not tell, or the process has ended. */
export interface ProcessUse {
  readonly rssBytes: number | undefined
  /** Open file descriptors. */
  readonly fds: number | undefined
  readonly threads: number | undefined
}

/** Another replica, as one member of its Raft group sees it. Only the leader's view tells who is in contact. */
export interface ReplicaView {
  readonly name: string
  readonly current: boolean
  readonly offline: boolean
  /** Milliseconds since it was last heard from; 0 for never. */
  readonly activeMs: number
}

/** A Raft group, as one of its members sees it. */
export interface GroupView {
  /** Undefined: it knows of none. */
  readonly leader: string | undefined
  /** Members, itself included. */
  readonly size: number
  /** The others; the meta group's are known to its leader only. */
  readonly replicas: readonly ReplicaView[]
}

/** A stream, as one node has it in its own store. */
export interface StreamSample extends GroupView {
  readonly name: string
  readonly firstSeq: number
  readonly lastSeq: number
  readonly messages: number
  readonly deleted: number
}

/** What a server tells of itself. */
export interface ServerView {
  /** Names of the servers that it has a route to. */
  readonly routes: readonly string[]
  readonly connections: number
  /** Since its start. */
  readonly slowConsumers: number
  readonly storeBytes: number
  /** Undefined on a server that is not in a cluster. */
  readonly meta: GroupView | undefined
  readonly streams: readonly StreamSample[]
  /** Present in the rounds that {@link Observer.countGoroutines} asked for. */
  readonly goroutines: number | undefined
}

/** One node in one second, as plain data. */
export interface NodeSample extends ProcessUse {
  readonly node: string
  /** When it was asked, monotonic milliseconds. */
  readonly at: number
  /** What was done to it, as the topology knows. */
  readonly state: ObservedNode['state']
  /** What it answered; undefined when it did not answer in time: it is down, whatever the state. */
  readonly server: ServerView | undefined
  /** Share of one core since the sample before. */
  readonly cpu: number | undefined
}

/** Every node once, in the order of the topology, and the runner itself. */
export interface Round {
  /** When the first node was asked, monotonic milliseconds. */
  readonly at: number
  readonly nodes: readonly NodeSample[]
  readonly runner: ProcessUse
}

export function streamOn(sample: NodeSample, name: string): StreamSample | undefined {
  return sample.server?.streams.find((stream) => stream.name === name)
}
