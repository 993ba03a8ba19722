import { join } from 'node:path'
import type { FoundBinary } from '../binaries/index.ts'
import { describeBypass, findBypasses } from './bypass.ts'
import { clusterReady } from './cluster-ready.ts'
import type { Link, LinkPlan } from './link.ts'
import { NatsServer } from './nats-server.ts'
import { shapeOf, type TopologyPlan } from './plan.ts'
import { LinkProxies, type LinkProxiesOptions } from './proxies.ts'
import { readRoutes, routesUp } from './routes.ts'
import type { ClientRole, ServerRecord, Topology } from './topology.ts'

export interface TopologyContext extends LinkProxiesOptions {
  readonly runDir: string
  readonly natsServer: FoundBinary
  /** Laid over the environment of every process. */
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  /** Called with the server's record each time that one dies and nobody stopped it. */
  readonly onDied?: (record: ServerRecord) => void
}

/** How long a node that is asked for its routes may take: for a proof, and for a look. */
const proofMs = 3_000
const lookMs = 500

/**
 * Starts what a plan deploys, links included, and makes sure that each link leads to its server and that all servers
 * have found each other. When it fails half way, what it had started is ended before it throws.
 * @throws UserError
 */
export async function startTopology(plan: TopologyPlan, context: TopologyContext): Promise<Topology> {
  const shape = shapeOf(plan)
  const routePlans = shape.links.filter(({ route }) => route)
  const proxies = new LinkProxies(context)
  const servers = shape.nodes.map((name) => {
    const dialled = routePlans.filter(({ route }) => route!.from === name)
    const protect = plan.kind === 'single' || plan.protectRoutes
    return new NatsServer({
      name,
      binary: context.natsServer,
      dir: join(context.runDir, name),
      env: context.env,
      onSpawn: context.onSpawn,
      onDied: context.onDied,
      syncInterval: plan.syncInterval,
      maxPayload: plan.maxPayload,
      ...(dialled.length > 0 && {
        routes: () => ({ dial: dialled.map((link) => proxies.listenOf(link)), protect }),
      }),
    })
  })
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await proxies.remove()
  }
  try {
    const links = await startLinked(servers, shape.links, proxies)
    const running = () => servers.filter(({ state }) => state === 'running')
    const topology: Topology = {
      nodes: servers,
      links,
      clientUrls: { publishers: urlsOf(links, 'publishers'), consumers: urlsOf(links, 'consumers') },
      servers: () => servers.map((server) => server.record()),
      bypasses: async () => {
        const lists = await Promise.all(running().map((server) => routesOf(server)))
        return findBypasses(lists.flat(), links).map(describeBypass)
      },
      routesUp: async () => {
        const lists = await Promise.all(running().map((server) => readRoutes(server, lookMs).catch(() => [])))
        return routesUp(lists.flat(), links)
      },
      stop,
    }
    if (routePlans.length > 0) await clusterReady(topology)
    return topology
  } catch (error) {
    await stop()
    throw error
  }
}

/** Routes first: servers dial each other as they start. */
async function startLinked(
  servers: readonly NatsServer[],
  plans: readonly LinkPlan[],
  proxies: LinkProxies,
): Promise<Link[]> {
  const serverOf = (link: LinkPlan) => servers.find(({ name }) => name === link.node)!
  const early = await all(
    plans.filter(({ route }) => route).map((link) => proxies.create(link, serverOf(link).clusterAddress)),
  )
  await all(servers.map((server) => server.start()))
  // A server whose port was taken is elsewhere.
  const routes = await all(early.map((link) => proxies.point(link, serverOf(link).clusterAddress)))
  const clients = await all(
    plans.filter(({ route }) => !route).map((link) => proxies.create(link, serverOf(link).address)),
  )
  const links = [...clients, ...routes]
  await all(links.map((link) => proxies.check(link)))
  return links
}

/** Of a server that has ended meanwhile, none. */
async function routesOf(server: NatsServer) {
  try {
    return [await readRoutes(server, proofMs)]
  } catch (error) {
    if (server.state !== 'running') return []
    throw new Error(`${server.name} does not tell its routes: ${(error as Error).message}`, { cause: error })
  }
}

/** Waits for all of them, also when one fails: nothing must still be under way when what they made is ended. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function urlsOf(links: readonly Link[], role: ClientRole): string[] {
  return links.filter(({ groups }) => groups.includes(role)).map(({ listen }) => `nats://${listen}`)
}
