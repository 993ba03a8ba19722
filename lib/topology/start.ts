import { join } from 'node:path'
import type { FoundBinary } from '../binaries/index.ts'
import { linksOfNode } from './proxies/node-links.ts'
import { LinkProxies, type LinkProxiesOptions } from './proxies/proxies.ts'
import { wideAreaToxics } from './proxies/wide-area.ts'
import { clusterReady, regionsReady } from './routes/cluster-ready.ts'
import { routeLooks } from './routes/route-looks.ts'
import { NatsServer } from './server/nats-server.ts'
import { claimPorts } from './server/ports.ts'
import type { Link, LinkPlan } from './shapes/link.ts'
import { type ManagedPlan, shapeOf } from './shapes/plan.ts'
import type { ClientRole, ClientUrls, ServerRecord, Topology } from './topology.ts'

export interface TopologyContext extends LinkProxiesOptions {
  readonly runDir: string
  readonly natsServer: FoundBinary
  /** Laid over the environment of every process. */
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  /** Called with the server's record each time that one dies and nobody stopped it. */
  readonly onDied?: (record: ServerRecord) => void
}

/**
 * Starts what a plan deploys, links included, and makes sure that each link leads to its server and that all servers
 * have found each other. When it fails half way, what it had started is ended before it throws.
 * @throws UserError
 */
export async function startTopology(plan: ManagedPlan, context: TopologyContext): Promise<Topology> {
  await claimPorts()
  const shape = shapeOf(plan)
  const routePlans = shape.links.filter(({ route }) => route)
  const proxies = new LinkProxies(context)
  const servers = shape.nodes.map((name) => {
    return new NatsServer({
      name,
      binary: context.natsServer,
      dir: join(context.runDir, name),
      env: context.env,
      onSpawn: context.onSpawn,
      onDied: context.onDied,
      ground: context.ground,
      syncInterval: plan.syncInterval,
      maxPayload: plan.maxPayload,
      ...linksOfNode(name, plan, shape, (link) => proxies.listenOf(link)),
    })
  })
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await proxies.remove()
  }
  try {
    const links = await startLinked(servers, shape.links, proxies)
    const wideArea = plan.kind === 'regions' ? plan.wideArea : []
    await all(links.map((link) => proxies.shape(link, wideAreaToxics(link, wideArea))))
    const topology: Topology = {
      nodes: servers,
      links,
      clientUrls: clientUrlsOf(links.filter(({ region }) => region === shape.regions[0]?.name)),
      regionUrls: Object.fromEntries(
        shape.regions.map(({ name }) => [name, clientUrlsOf(links.filter(({ region }) => region === name))]),
      ),
      servers: () => servers.map((server) => server.record()),
      ...routeLooks(servers, links, plan.kind === 'regions' ? plan.via : undefined),
      stop,
    }
    if (plan.kind === 'regions') await regionsReady(topology, shape.regions, plan.via)
    else if (routePlans.length > 0) await clusterReady(topology)
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
    plans.filter(({ route }) => route).map((link) => proxies.create(link, serverOf(link).addressFor(link))),
  )
  await all(servers.map((server) => server.start()))
  // A server whose port was taken is elsewhere.
  const routes = await all(early.map((link) => proxies.point(link, serverOf(link).addressFor(link))))
  const clients = await all(
    plans.filter(({ route }) => !route).map((link) => proxies.create(link, serverOf(link).addressFor(link))),
  )
  const links = [...clients, ...routes]
  await all(links.map((link) => proxies.check(link)))
  return links
}

/** Waits for all of them, also when one fails: nothing must still be under way when what they made is ended. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function clientUrlsOf(links: readonly Link[]): ClientUrls {
  return { publishers: urlsOf(links, 'publishers'), consumers: urlsOf(links, 'consumers') }
}

function urlsOf(links: readonly Link[], role: ClientRole): string[] {
  return links.filter(({ groups }) => groups.includes(role)).map(({ listen }) => `nats://${listen}`)
}
