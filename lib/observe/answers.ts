import { jszPath, jszWithConsumersPath, type RegionVia, readJsz, readRegional, regionPaths } from '../topology/index.ts'
import type { ServerView } from './sample.ts'

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

/** What there is to ask of a server. */
export interface Asked {
  /** Are there JetStream consumers? */
  readonly consumers: boolean
  /** How regions are joined, where there are some. */
  readonly via?: RegionVia | undefined
}

/** The calls of one second, each cheap. Consumers, and links to other regions, are only asked for where there are some. */
export const paths = ({ consumers, via }: Asked) => ({
  varz: '/varz',
  routez: '/routez',
  jsz: `/${consumers ? jszWithConsumersPath : jszPath}`,
  regional: via === undefined ? undefined : `/${regionPaths[via]}`,
})

/** Bodies of the answers to {@link paths}, and to `/stacksz` where it was asked. */
export interface Answers {
  readonly varz: string
  readonly routez: string
  readonly jsz: string
  readonly regional?: string | undefined
  readonly stacksz?: string | undefined
}

export interface Answered {
  readonly serverId: string
  /** The same as /proc has, measured by the server itself. */
  readonly use: { readonly rssBytes: number; readonly cpu: number }
  readonly view: ServerView
}

/**
 * What a server told in one second.
 * @param node the server's name
 * @param watched names of the streams to keep
 * @param nameOf the name of a server by its id, which the server makes up anew at each start
 * @throws when an answer is not what a nats-server gives
 */
export function readAnswers(
  answers: Answers,
  node: string,
  watched: readonly string[],
  nameOf: (serverId: string) => string | undefined,
  via?: RegionVia,
): Answered {
  const varz = JSON.parse(answers.varz) as Varz
  const routez = JSON.parse(answers.routez) as Routez
  const { meta, streams } = readJsz(node, answers.jsz)
  // Between two servers there are several connections since 2.10.
  const peers = new Set(routez.routes?.map((route) => nameOf(route.remote_id)))
  const stats = varz.jetstream?.stats
  const view: ServerView = {
    routes: [...peers].filter((name) => name !== undefined).sort(),
    across: acrossIn(answers.regional, via),
    connections: varz.connections,
    slowConsumers: varz.slow_consumers,
    storeBytes: (stats?.storage ?? 0) + (stats?.memory ?? 0),
    meta,
    streams: streams.filter(({ name }) => watched.includes(name)),
    goroutines: answers.stacksz?.match(/^goroutine \d+ /gm)?.length,
  }
  return { serverId: varz.server_id, use: { rssBytes: varz.mem, cpu: varz.cpu / 100 }, view }
}

function acrossIn(answer: string | undefined, via: RegionVia | undefined): (string | undefined)[] {
  if (via === undefined || answer === undefined) return []
  return [...new Set(readRegional(via)(answer).map(({ region, remoteName }) => region ?? remoteName))]
}
