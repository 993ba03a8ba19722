import type { GroupView, ReplicaView, ServerView, StreamSample } from './sample.ts'

/** The parts of nats-server's monitoring answers that are of use, as 2.9.10 and all later ones write them. */
interface Varz {
  server_id: string
  /** Resident bytes. */
  mem: number
  /** Percent of a core. */
  cpu: number
  connections: number
  slow_consumers: number
  jetstream?: { stats?: { memory: number; storage: number } }
}

interface Routez {
  routes?: { remote_id: string }[]
}

interface Jsz {
  meta_cluster?: Cluster & { cluster_size: number }
  account_details?: { stream_detail?: StreamDetail[] }[]
}

interface Cluster {
  leader?: string
  replicas?: { name: string; current: boolean; offline?: boolean; active: number }[]
}

interface StreamDetail {
  name: string
  cluster?: Cluster
  state: { messages: number; first_seq: number; last_seq: number; num_deleted?: number }
}

/** The calls of one second, each cheap; `consumers` and `config` would not be. */
export const paths = {
  varz: '/varz',
  routez: '/routez',
  jsz: '/jsz?accounts=1&streams=1&consumers=0&config=0',
} as const

export interface Answered {
  readonly serverId: string
  /** The same as /proc has, measured by the server itself. */
  readonly use: { readonly rssBytes: number; readonly cpu: number }
  readonly view: ServerView
}

/**
 * What a server told in one second.
 * @param answers bodies of {@link paths}, and of `/stacksz` if it was asked
 * @param node the server's name, which leads the streams of a server that is in no cluster
 * @param watched names of the streams to keep
 * @param nameOf the name of a server by its id, which the server makes up anew at each start
 * @throws when an answer is not what a nats-server gives
 */
export function readAnswers(
  answers: Record<keyof typeof paths, string> & { stacksz: string | undefined },
  node: string,
  watched: readonly string[],
  nameOf: (serverId: string) => string | undefined,
): Answered {
  const varz = JSON.parse(answers.varz) as Varz
  const routez = JSON.parse(answers.routez) as Routez
  const jsz = JSON.parse(answers.jsz) as Jsz
  // Between two servers there are several connections since 2.10.
  const peers = new Set(routez.routes?.map((route) => nameOf(route.remote_id)))
  const { meta_cluster: meta } = jsz
  const details = jsz.account_details?.flatMap((account) => account.stream_detail ?? []) ?? []
  const stats = varz.jetstream?.stats
  const view: ServerView = {
    routes: [...peers].filter((name) => name !== undefined).sort(),
    connections: varz.connections,
    slowConsumers: varz.slow_consumers,
    storeBytes: (stats?.storage ?? 0) + (stats?.memory ?? 0),
    meta: meta && groupView(meta, meta.cluster_size),
    streams: watched.flatMap((name) => {
      const detail = details.find((stream) => stream.name === name)
      return detail ? [streamSample(detail, node)] : []
    }),
    goroutines: answers.stacksz?.match(/^goroutine \d+ /gm)?.length,
  }
  return { serverId: varz.server_id, use: { rssBytes: varz.mem, cpu: varz.cpu / 100 }, view }
}

function streamSample({ name, cluster, state }: StreamDetail, node: string): StreamSample {
  return {
    name,
    ...groupView(cluster ?? { leader: node }, 1 + (cluster?.replicas?.length ?? 0)),
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    messages: state.messages,
    deleted: state.num_deleted ?? 0,
  }
}

function groupView({ leader, replicas = [] }: Cluster, size: number): GroupView {
  return {
    // It is an empty text, or left out, where none is known.
    leader: leader || undefined,
    size,
    replicas: replicas.map(
      ({ name, current, offline = false, active }): ReplicaView => ({ name, current, offline, activeMs: active / 1e6 }),
    ),
  }
}
