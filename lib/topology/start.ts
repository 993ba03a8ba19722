import { join } from 'node:path'
import type { Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import type { FoundBinary } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { ControlError, controlCall } from './control-call.ts'
import { readGreeting } from './greeting.ts'
import type { Link, LinkPlan } from './link.ts'
import { NatsServer } from './nats-server.ts'
import { candidatePort } from './ports.ts'
import { singleShape } from './single.ts'
import type { Topology, TopologyPlan } from './topology.ts'

export interface TopologyContext {
  readonly runId: string
  readonly runDir: string
  readonly toxiproxy: Toxiproxy
  /** Somebody else's Toxiproxy: its proxies get names of this run's own and are removed at the end. */
  readonly external: boolean
  readonly natsServer: FoundBinary
  /** Laid over the environment of every process. */
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
}

/** How the proxies of a run begin in a Toxiproxy that it shares with others. */
export function proxyPrefix(runId: string): string {
  return `squall-${runId}-`
}

/**
 * Starts what a plan deploys, links included, and makes sure that each link leads to its server. When it fails half
 * way, what it had started is ended before it throws.
 */
export async function startTopology(plan: TopologyPlan, context: TopologyContext): Promise<Topology> {
  const [node] = singleShape.nodes
  const server = new NatsServer({
    name: node!,
    binary: context.natsServer,
    dir: join(context.runDir, node!),
    env: context.env,
    onSpawn: context.onSpawn,
    syncInterval: plan.syncInterval,
    maxPayload: plan.maxPayload,
  })
  const proxies: ToxiproxyProxy[] = []
  const stop = async () => {
    await server.stop()
    // Our own ends with the run. Forgotten first, so that a second call has nothing to do.
    const shared = context.external ? proxies.splice(0) : []
    await Promise.allSettled(shared.map((proxy) => controlCall(`remove proxy ${proxy.name}`, proxy.remove())))
  }
  try {
    await server.start()
    const links: Link[] = []
    for (const link of singleShape.links) {
      const proxy = await createProxy(context, link, server.address)
      proxies.push(proxy)
      await checkLink(context, link, proxy.listen, node!)
      links.push({ ...link, proxy: proxy.name, listen: proxy.listen, upstream: server.address })
    }
    return {
      links,
      clientUrls: { publishers: urlsOf(links, 'publishers'), consumers: urlsOf(links, 'consumers') },
      servers: () => [server.record()],
      died: server.died,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const portAttempts = 5

async function createProxy(context: TopologyContext, link: LinkPlan, upstream: string): Promise<ToxiproxyProxy> {
  const { toxiproxy, external, runId } = context
  const name = external ? proxyPrefix(runId) + link.name : link.name
  for (let attempt = 1; ; attempt += 1) {
    const listen = `127.0.0.1:${candidatePort()}`
    try {
      return await controlCall(`create proxy ${name}`, toxiproxy.createProxy({ name, listen, upstream }))
    } catch (error) {
      // What it answers when it can't listen on the port.
      const taken = error instanceof ControlError && error.status === 500
      if (taken && attempt < portAttempts) continue
      throw new UserError(`link ${link.name} has no proxy at ${toxiproxy.host}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
}

async function checkLink(
  { toxiproxy, external }: TopologyContext,
  link: LinkPlan,
  listen: string,
  node: string,
): Promise<void> {
  let found: string
  try {
    found = (await readGreeting(listen)).server_name
  } catch (error) {
    throw new UserError(`link ${link.name} does not lead to nats-server ${node}: ${(error as Error).message}`, {
      hint: external
        ? `Toxiproxy at ${toxiproxy.host} must run on this machine, because the server listens on loopback only.`
        : undefined,
      cause: error,
    })
  }
  if (found !== node) throw new UserError(`link ${link.name} leads to nats-server ${found} instead of ${node}`)
}

function urlsOf(links: readonly Link[], group: string): string[] {
  return links.filter(({ groups }) => groups.includes(group)).map(({ listen }) => `nats://${listen}`)
}
