import { electedBy, type GroupView, type ReplicaView } from '../topology/index.ts'
import type { Round, ServerView } from './sample.ts'

/** A meta group: all nodes are its peers, or those of one region where each is a JetStream domain of its own. */
export interface MetaPlan {
  readonly group: string
  /** Undefined: all. */
  readonly nodes?: readonly string[]
}

/** A Raft group in one round: the meta group or a stream. */
export interface GroupStatus {
  /** A meta group (`_meta_`, or `_meta_:b` of a region) or a stream's name. */
  readonly group: string
  /** Names of the nodes that make it up. */
  readonly peers: readonly string[]
  /** Peers that answered. */
  readonly up: number
  /** Peers that the leader is in contact with, itself included; 0 without a leader. */
  readonly inContact: number
  /** How many it takes: more than half. */
  readonly needed: number
  /** The node that leads by the word of more than half of the peers, its own included. */
  readonly leader: string | undefined
  /** There is a leader, and it is in contact with enough. */
  readonly quorum: boolean
}

/** A leader's heartbeat is due every second, and an election begins after 4 s at the earliest. */
const contactMs = 3_000

/**
 * Of a meta group; undefined where there is none: a single server, or no answers. `before` is the round before, as in
 * {@link streamStatus}.
 */
export function metaStatus(
  { group, nodes }: MetaPlan,
  round: Round,
  before: Round | undefined,
): GroupStatus | undefined {
  const peers = nodes ?? round.nodes.map(({ node }) => node)
  const all = viewsOf(round, before, (server) => server.meta)
  const views = new Map([...all].filter(([node]) => peers.includes(node)))
  return views.size === 0 ? undefined : groupStatus(group, peers, views)
}

/**
 * Of a stream; undefined as long as nobody has told of it. `last` is its status a round earlier, which remembers the
 * peers when none of them answers.
 */
export function streamStatus(
  stream: string,
  round: Round,
  before: Round | undefined,
  last: GroupStatus | undefined,
): GroupStatus | undefined {
  const views = viewsOf(round, before, (server) => server.streams.find(({ name }) => name === stream)?.group)
  const told = peersOf(views)
  const peers = told.length > 0 ? told : last?.peers
  return peers && groupStatus(stream, peers, views)
}

type Views = ReadonlyMap<string, GroupView>

/**
 * What each node tells. One that runs, as far as is known, and was late for this round alone is taken as it was a round
 * ago: on a busy machine that is a slow answer, and no loss of quorum.
 */
function viewsOf(round: Round, before: Round | undefined, read: (server: ServerView) => GroupView | undefined): Views {
  return new Map(
    round.nodes.flatMap(({ node, server, state }, index) => {
      const told = server ?? (state === 'running' ? before?.nodes[index]?.server : undefined)
      const view = told && read(told)
      return view ? [[node, view]] : []
    }),
  )
}

/** From the view of the leader, or else from any that knows: while a group is moved they differ. Empty when none does. */
function peersOf(views: Views): string[] {
  const knowing = [...views].filter(([, { size, replicas }]) => replicas.length === size - 1)
  const [node, view] = knowing.find(([name, { leader }]) => leader === name) ?? knowing[0] ?? []
  return view ? [node!, ...view.replicas.map(({ name }) => name)].sort() : []
}

function groupStatus(group: string, peers: readonly string[], views: Views): GroupStatus {
  const answering = peers.filter((peer) => views.has(peer))
  const size = Math.max(peers.length, ...answering.map((peer) => views.get(peer)!.size))
  const needed = Math.floor(size / 2) + 1
  const leader = electedBy(
    answering.map((node) => ({ node, group: views.get(node)! })),
    size,
  )
  const contacts = leader
    ? views.get(leader)!.replicas.filter((replica) => views.has(replica.name) && inContact(replica))
    : []
  const reached = leader ? 1 + contacts.length : 0
  return { group, peers, up: answering.length, inContact: reached, needed, leader, quorum: reached >= needed }
}

/** Did a leader hear from this replica lately? `offline` and `current` follow only after ten seconds. */
export function inContact({ activeMs, current, offline }: ReplicaView): boolean {
  if (offline) return false
  return activeMs > 0 ? activeMs <= contactMs : current
}
