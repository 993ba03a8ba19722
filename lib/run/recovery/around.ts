import type { Backlog, QueueDepth, RegionLook } from '../../observe/index.ts'

/** What was seen in a look beside the servers and their groups. */
export interface Around {
  /** When the look was over: what is seen of regions is of then. Monotonic milliseconds. */
  readonly at: number
  readonly backlogs: readonly Backlog[]
  readonly queues: readonly QueueDepth[]
  readonly regions: readonly RegionLook[]
}

/** By name, the most messages that waited in looks at a calm system. */
export interface Calm {
  readonly backlogs: ReadonlyMap<string, number>
  readonly queues: ReadonlyMap<string, number>
}
