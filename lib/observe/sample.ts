import type { GroupView, ServerNode, StreamView } from '../topology/index.ts'

/** What an observer needs to know of a node. */
export type ObservedNode = Pick<ServerNode, 'name' | 'monitor' | 'pid' | 'state'>

/** What a process uses; undefined where the platform does not tell, or the process has ended. */
export interface ProcessUse {
  readonly rssBytes: number | undefined
  /** Open file descriptors. */
  readonly fds: number | undefined
  readonly threads: number | undefined
}

/** What a server tells of itself. */
export interface ServerView {
  /** Names of the servers that it has a route to. */
  readonly routes: readonly string[]
  /**
   * What it lists a link to in other regions: a server by its name, a gateway by its region; undefined for one of which it
   * tells neither (leafnodes before 2.10). None where there are no regions.
   */
  readonly across: readonly (string | undefined)[]
  readonly connections: number
  /** Since its start. */
  readonly slowConsumers: number
  readonly storeBytes: number
  /** Undefined on a server that is in no cluster, and on one that has just started. */
  readonly meta: GroupView | undefined
  readonly streams: readonly StreamView[]
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

export function streamOn(sample: NodeSample, name: string): StreamView | undefined {
  return sample.server?.streams.find((stream) => stream.name === name)
}
