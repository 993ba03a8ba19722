import { readMonitor } from './monitor.ts'
import type { ServerNode } from './topology.ts'

/**
 * Who leads what, and who holds what, read over the monitoring endpoints of all nodes, past all proxies and without a
 * client. One node's word is not enough: a leader that is cut off calls itself leader for up to 20 s more, and the
 * followers of one that died name it until they elect another. So a leader is whom more than half of the group names,
 * itself included.
 */

export type AskedNode = Pick<ServerNode, 'name' | 'monitor' | 'state'>

/** One node's own view, from its `/jsz`. */
export interface JetStreamView {
  readonly node: string
  /** Undefined on a server that is in no cluster. */
  readonly meta: GroupView | undefined
  /** The streams that it holds a replica of. */
  readonly streams: readonly StreamView[]
}

/** How one member of a Raft group sees it. */
export interface GroupView {
  /** Members, as far as it knows them. */
  readonly size: number
  /** Undefined when it knows none. */
  readonly leader: string | undefined
  /** The other members. Complete on the leader alone. */
  readonly replicas: readonly ReplicaView[]
}

export interface ReplicaView {
  readonly name: string
  /** Heard of lately, and has applied all. */
  readonly current: boolean
  readonly offline: boolean
}

export interface StreamView {
  readonly name: string
  readonly group: GroupView | undefined
  /** Of this node's own store. */
  readonly messages: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly consumers: readonly ConsumerView[]
}

export interface ConsumerView {
  readonly name: string
  readonly group: GroupView | undefined
}

/** One replica of a stream; its numbers are its node's own word. */
export interface StreamPeer {
  readonly node: string
  readonly isLeader: boolean
  /** By the leader's word; nobody is while there is no leader. */
  readonly isCurrent: boolean
  readonly messages: number
  readonly firstSeq: number
  readonly lastSeq: number
}

const answerMs = 500

/** The views of all running nodes; one that does not answer within half a second has none. */
export async function readJetStream(nodes: readonly AskedNode[], answerWithinMs = answerMs): Promise<JetStreamView[]> {
  const views = await Promise.all(
    nodes
      .filter(({ state }) => state === 'running')
      .map(async ({ name, monitor }) => {
        const path = 'jsz?accounts=true&streams=true&consumers=true'
        const jsz = await readMonitor<Jsz>(monitor, path, answerWithinMs).catch(() => undefined)
        return jsz ? [viewOf(name, jsz)] : []
      }),
  )
  return views.flat()
}

/** The node that leads the cluster's meta group; of a server without a cluster, itself; undefined while none does. */
export async function metaLeader(nodes: readonly AskedNode[]): Promise<string | undefined> {
  return metaLeaderIn(await readJetStream(nodes))
}

/** The node that leads a stream; undefined while none does, and when there is no such stream. */
export async function streamLeader(nodes: readonly AskedNode[], stream: string): Promise<string | undefined> {
  return streamLeaderIn(await readJetStream(nodes), stream)
}

/** The node that leads a consumer; undefined while none does, and when there is no such consumer. */
export async function consumerLeader(
  nodes: readonly AskedNode[],
  stream: string,
  durable: string,
): Promise<string | undefined> {
  return consumerLeaderIn(await readJetStream(nodes), stream, durable)
}

/** The replicas of a stream on the nodes that answer. */
export async function streamPeers(nodes: readonly AskedNode[], stream: string): Promise<StreamPeer[]> {
  return streamPeersIn(await readJetStream(nodes), stream)
}

export function metaLeaderIn(views: readonly JetStreamView[]): string | undefined {
  return electedBy(views.map(({ node, meta }) => ({ node, group: meta })))
}

export function streamLeaderIn(views: readonly JetStreamView[], stream: string): string | undefined {
  return electedBy(streamsIn(views, stream).map(({ node, view }) => ({ node, group: view.group })))
}

export function consumerLeaderIn(views: readonly JetStreamView[], stream: string, durable: string): string | undefined {
  const members = streamsIn(views, stream).flatMap(({ node, view }) =>
    view.consumers.filter(({ name }) => name === durable).map(({ group }) => ({ node, group })),
  )
  return electedBy(members)
}

export function streamPeersIn(views: readonly JetStreamView[], stream: string): StreamPeer[] {
  const leader = streamLeaderIn(views, stream)
  const members = streamsIn(views, stream)
  const replicas = members.find(({ node }) => node === leader)?.view.group?.replicas ?? []
  return members.map(({ node, view: { messages, firstSeq, lastSeq } }) => ({
    node,
    isLeader: node === leader,
    isCurrent: node === leader || replicas.some(({ name, current, offline }) => name === node && current && !offline),
    messages,
    firstSeq,
    lastSeq,
  }))
}

function streamsIn(views: readonly JetStreamView[], stream: string) {
  return views.flatMap(({ node, streams }) => {
    const view = streams.find(({ name }) => name === stream)
    return view ? [{ node, view }] : []
  })
}

interface Member {
  readonly node: string
  readonly group: GroupView | undefined
}

function electedBy(members: readonly Member[]): string | undefined {
  const size = Math.max(...members.map(({ group }) => group?.size ?? 1))
  const voteOf = ({ node, group }: Member) => (group ? group.leader : node)
  return members.find((member) => {
    const votes = members.filter((other) => voteOf(other) === member.node)
    return votes.includes(member) && votes.length > size / 2
  })?.node
}

interface Jsz {
  readonly meta_cluster?: Cluster & { readonly cluster_size?: number }
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[]
}

interface Cluster {
  readonly leader?: string
  readonly replicas?: readonly { readonly name: string; readonly current: boolean; readonly offline?: boolean }[]
}

interface StreamDetail {
  readonly name: string
  readonly cluster?: Cluster
  readonly state: { readonly messages: number; readonly first_seq: number; readonly last_seq: number }
  readonly consumer_detail?: readonly { readonly name: string; readonly cluster?: Cluster }[]
}

function viewOf(node: string, { meta_cluster: meta, account_details }: Jsz): JetStreamView {
  const details = (account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? [])
  return {
    node,
    meta: meta && groupOf(node, meta, meta.cluster_size),
    streams: details.map(({ name, cluster, state, consumer_detail }) => ({
      name,
      group: cluster && groupOf(node, cluster),
      messages: state.messages,
      firstSeq: state.first_seq,
      lastSeq: state.last_seq,
      consumers: (consumer_detail ?? []).map((consumer) => ({
        name: consumer.name,
        group: consumer.cluster && groupOf(node, consumer.cluster),
      })),
    })),
  }
}

function groupOf(node: string, { leader, replicas = [] }: Cluster, size?: number): GroupView {
  const names = new Set([node, ...(leader ? [leader] : []), ...replicas.map(({ name }) => name)])
  return {
    size: size ?? names.size,
    leader: leader || undefined,
    replicas: replicas.map(({ name, current, offline = false }) => ({ name, current, offline })),
  }
}
