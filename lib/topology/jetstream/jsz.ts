import type { GroupView } from './raft-group.ts'

/**
 * What nat-server's `/jsz` tells, as 2.9.10 and all later ones write it. The streams' configuration is asked for because
 * without it an answer can't be understood: for a tenth of a second after a restart, more on a busy machine, a server says
 * of each stream in its store that it alone is its group and leads it, and only the configuration tells that there are others.
 */
export const jszPath = 'jsz?accounts=1&streams=1&consumers=0&config=1'
/** With the consumers, which takes a server longer the more there are. */
export const jszWithConsumersPath = 'jsz?accounts=1&streams=1&consumers=1&config=1'

/** What one node tells of the Raft groups that it is in. */
export interface JszView {
  /** Undefined on a server that is in no cluster, and on one that has just started. */
  readonly meta: GroupView | undefined
  /** The streams that it holds a replica of. */
  readonly streams: readonly StreamView[]
}

/** A stream, as one node has it in its own store. */
export interface StreamView {
  readonly name: string
  readonly group: GroupView
  readonly firstSeq: number
  readonly lastSeq: number
  readonly messages: number
  readonly deleted: number
  /** Of its messages, as they are stored. */
  readonly bytes: number
  /** Those that it holds a replica of, where they were asked for. */
  readonly consumers: readonly ConsumerView[]
}

export interface ConsumerView {
  readonly name: string
  readonly group: GroupView
  /** Messages to be delivered yet, and delivered and not acknowledged. Its leader alone knows. */
  readonly pending: number
}

/**
 * @param node the server's name: in an answer it is not always to be told from the others
 * @throws when the answer is not what a nats-server gives
 */
export function readJsz(node: string, answer: string): JszView {
  const { meta_cluster: meta, account_details } = JSON.parse(answer) as Jsz
  const details = (account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? [])
  return {
    meta: meta && { ...groupOf(node, meta, 1), size: meta.cluster_size },
    streams: details.map((detail) => streamOf(node, detail)),
  }
}

interface Jsz {
  readonly meta_cluster?: Cluster & { readonly cluster_size: number }
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[]
}

interface Cluster {
  readonly leader?: string
  readonly replicas?: readonly {
    readonly name: string
    readonly current: boolean
    readonly offline?: boolean
    /** Nanoseconds. */
    readonly active: number
  }[]
}

interface StreamDetail {
  readonly name: string
  readonly cluster?: Cluster
  readonly config?: { readonly num_replicas?: number }
  readonly state: {
    readonly messages: number
    readonly first_seq: number
    readonly last_seq: number
    readonly num_deleted?: number
    readonly bytes: number
  }
  readonly consumer_detail?: readonly ConsumerDetail[]
}

interface ConsumerDetail {
  readonly name: string
  readonly cluster?: Cluster
  readonly config?: { readonly num_replicas?: number; readonly durable_name?: string }
  readonly num_pending: number
  readonly num_ack_pending: number
}

function streamOf(node: string, { name, cluster, config, state, consumer_detail }: StreamDetail): StreamView {
  const replicas = config?.num_replicas ?? 1
  return {
    name,
    group: groupOf(node, cluster, replicas),
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    messages: state.messages,
    deleted: state.num_deleted ?? 0,
    bytes: state.bytes,
    consumers: (consumer_detail ?? []).map((consumer) => ({
      name: consumer.name,
      group: groupOf(node, consumer.cluster, consumerReplicas(consumer, replicas)),
      pending: consumer.num_pending + consumer.num_ack_pending,
    })),
  }
}

/** As nats-server decides where it is left open: a durable consumer is as safe as its stream, any other has one replica. */
function consumerReplicas({ config }: ConsumerDetail, ofStream: number): number {
  return config?.num_replicas || (config?.durable_name ? ofStream : 1)
}

/** @param declared how many members the configuration says it has */
function groupOf(node: string, cluster: Cluster | undefined, declared: number): GroupView {
  // While it knows no leader, a server lists itself among the others.
  const others = (cluster?.replicas ?? []).filter(({ name }) => name !== node)
  // It has just started, and does not know yet.
  if (declared > 1 && others.length === 0) return { leader: undefined, size: declared, replicas: [] }
  // An empty text, or left out, where none is known; no group at all where the server is in no cluster.
  const leader = cluster ? cluster.leader || undefined : node
  const names = new Set([node, ...(leader ? [leader] : []), ...others.map(({ name }) => name)])
  return {
    leader,
    size: Math.max(declared, names.size),
    replicas: others.map(({ name, current, offline = false, active }) => ({
      name,
      current,
      offline,
      activeMs: active / 1e6,
    })),
  }
}
