import { readMonitorText } from '../monitor.ts'
import type { ServerNode } from '../topology.ts'
import { type JszView, jszWithConsumersPath, readJsz } from './jsz.ts'
import { electedBy, type GroupView } from './raft-group.ts'

/**
 * Who leads what, and who holds what, read over the monitoring endpoints of all nodes, past all proxies and without a
 * client.
 */

export type AskedNode = Pick<ServerNode, 'name' | 'monitor' | 'state'>

/** One node's own view. */
export interface JetStreamView extends JszView {
  readonly node: string
  readonly meta: GroupView
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
  readonly deleted: number
  /** Of its messages, as they are stored. */
  readonly bytes: number
}

const answerMs = 500

/** The views of all running nodes; one that does not answer within half a second has none. */
export async function readJetStream(nodes: readonly AskedNode[], answerWithinMs = answerMs): Promise<JetStreamView[]> {
  const views = await Promise.all(
    nodes
      .filter(({ state }) => state === 'running')
      .map(async ({ name, monitor }): Promise<JetStreamView[]> => {
        const answer = await readMonitorText(monitor, jszWithConsumersPath, answerWithinMs).catch(() => undefined)
        if (answer === undefined) return []
        const { meta = metaOf(name, nodes.length), streams } = readJsz(name, answer)
        return [{ node: name, meta, streams }]
      }),
  )
  return views.flat()
}

/** Where a server tells of no meta group: it leads itself where it is alone, and has just started where it is not. */
function metaOf(node: string, nodes: number): GroupView {
  return { leader: nodes === 1 ? node : undefined, size: nodes, replicas: [] }
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
export async function streamPeers(
  nodes: readonly AskedNode[],
  stream: string,
  answerWithinMs = answerMs,
): Promise<StreamPeer[]> {
  return streamPeersIn(await readJetStream(nodes, answerWithinMs), stream)
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
  const replicas = members.find(({ node }) => node === leader)?.view.group.replicas ?? []
  return members.map(({ node, view: { messages, firstSeq, lastSeq, deleted, bytes } }) => ({
    node,
    isLeader: node === leader,
    isCurrent: node === leader || replicas.some(({ name, current, offline }) => name === node && current && !offline),
    messages,
    firstSeq,
    lastSeq,
    deleted,
    bytes,
  }))
}

function streamsIn(views: readonly JetStreamView[], stream: string) {
  return views.flatMap(({ node, streams }) => {
    const view = streams.find(({ name }) => name === stream)
    return view ? [{ node, view }] : []
  })
}
