import type { NodeSample, Round, ServerView } from '../../lib/observe/sample.ts'
import type { GroupView, ReplicaView, StreamView } from '../../lib/topology/index.ts'

/** A node of a made-up round: what differs from a healthy one. */
export interface MadeNode {
  readonly state?: NodeSample['state']
  /** Does it answer? */
  readonly up?: boolean
  /** Its place in the round, milliseconds. */
  readonly offset?: number
  /** Who leads S in its view, and what it stores of it; null for a node without S. */
  readonly leader?: string | null
  readonly lastSeq?: number
  /** False for one that has just started and does not know its group yet. */
  readonly knows?: boolean
  /** How long ago it heard from each other peer of S, milliseconds. */
  readonly heard?: Readonly<Record<string, number>>
  readonly metaLeader?: string
  readonly rssBytes?: number
  readonly fds?: number
  readonly slowConsumers?: number
  readonly goroutines?: number
  /** Whom in other regions it lists a link to. */
  readonly across?: readonly (string | undefined)[]
}

/** A round of n1, n2 and n3 with an R3 stream S, led by n1, and a meta group led by n1; all well but what is said. */
export function madeRound(at: number, changes: Readonly<Record<string, MadeNode>> = {}): Round {
  const names = ['n1', 'n2', 'n3']
  const nodes = names.map((node, index): NodeSample => {
    const made = changes[node] ?? {}
    const others = names.filter((name) => name !== node)
    return {
      node,
      at: at + (made.offset ?? index * 100),
      state: made.state ?? 'running',
      cpu: 0.5,
      rssBytes: made.rssBytes ?? 1_000,
      fds: made.fds ?? 20,
      threads: 8,
      server: made.up === false ? undefined : serverView(made, others),
    }
  })
  return { at, nodes, runner: { rssBytes: 5_000, fds: 30, threads: 4 } }
}

const unknown: GroupView = { leader: undefined, size: 3, replicas: [] }

function serverView(made: MadeNode, others: readonly string[]): ServerView {
  const replicas = others.map(
    (name): ReplicaView => ({ name, current: true, offline: false, activeMs: made.heard?.[name] ?? 500 }),
  )
  const stream: StreamView = {
    name: 'S',
    group: made.knows === false ? unknown : { leader: made.leader ?? 'n1', size: 3, replicas },
    firstSeq: 1,
    lastSeq: made.lastSeq ?? 100,
    messages: made.lastSeq ?? 100,
    deleted: 0,
    bytes: 0,
    consumers: [],
  }
  return {
    routes: others,
    across: made.across ?? [],
    connections: 2,
    slowConsumers: made.slowConsumers ?? 0,
    storeBytes: 4_096,
    meta: { leader: made.metaLeader ?? 'n1', size: 3, replicas },
    streams: made.leader === null ? [] : [stream],
    goroutines: made.goroutines,
  }
}
