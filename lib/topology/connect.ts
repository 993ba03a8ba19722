import type { Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { fetchReasonOf, messageOf, UserError } from '../errors.ts'
import { readMonitor } from './monitor.ts'
import { type BorrowedProxies, readToxics, restoreProxies } from './proxies/borrowed-proxies.ts'
import { controlCall } from './proxies/control-call.ts'
import { routeLooks } from './routes/route-looks.ts'
import { readGreeting } from './server/greeting.ts'
import { type ExternalPlan, externalShape } from './shapes/external.ts'
import type { Link } from './shapes/link.ts'
import type { ClientRole, ServerNode, ServerRecord, Topology } from './topology.ts'

const answerMs = 3_000

export interface ConnectContext {
  readonly toxiproxy: Toxiproxy
  /** Told before anything is changed: what must be put right even if this process is killed. */
  readonly onBorrow: (borrowed: BorrowedProxies) => void
}

/**
 * Looks whether the cluster of a plan is there and is what the plan says, links included. Changes nothing.
 * @throws UserError with the first thing that is not so.
 */
export async function connectTopology(plan: ExternalPlan, context: ConnectContext): Promise<Topology> {
  const shape = externalShape(plan)
  const records = await Promise.all(shape.nodes.map((name) => recordOf(name, plan)))
  const found = plan.toxiproxy === undefined ? {} : await proxiesOf(plan.toxiproxy, context.toxiproxy)
  const links = shape.links.map((link): Link => {
    const name = plan.links[link.name]!
    const proxy = found[name]
    const place = `Toxiproxy at ${plan.toxiproxy}`
    if (!proxy) throw new UserError(`link ${link.name} has no proxy: ${place} has none named ${name}`)
    if (!proxy.enabled) throw new UserError(`link ${link.name} is cut already: proxy ${name} of ${place} is disabled`)
    return { ...link, proxy: name, listen: proxy.listen, upstream: proxy.upstream }
  })
  const urlOf = (node: string, role: ClientRole) => {
    const link = links.find(({ name }) => name === `${role}-${node}`)
    return link ? `nats://${reachable(link.listen, plan.toxiproxy!)}` : plan.servers[node]!
  }
  const urlsOf = (role: ClientRole) => shape.nodes.map((node) => urlOf(node, role))
  const clientUrls = { publishers: urlsOf('publishers'), consumers: urlsOf('consumers') }
  for (const urls of Object.values(clientUrls)) {
    await Promise.all(urls.map((url, index) => checkGreeting(url, shape.nodes[index]!)))
  }
  const nodes = shape.nodes.map((name) => externalNode(name, plan.monitoring[name]!))
  const toxics = links.length > 0 ? await readToxics(plan.toxiproxy!) : {}
  const proxies = links.map(({ proxy: name, listen, upstream }) => ({
    name,
    listen,
    upstream,
    toxics: toxics[name] ?? [],
  }))
  const borrowed = { url: plan.toxiproxy ?? '', proxies }
  if (links.length > 0) context.onBorrow(borrowed)
  return {
    nodes,
    links,
    clientUrls,
    servers: () => records,
    regionUrls: {},
    // Where no route has a proxy, none can be cut, and nothing goes around anything.
    ...routeLooks(links.some(({ route }) => route) ? nodes : [], links),
    stop: () => (links.length > 0 ? restoreProxies(borrowed) : Promise.resolve()),
  }
}

interface Varz {
  readonly server_name?: string
  readonly version?: string
  readonly host?: string
  readonly port?: number
  readonly jetstream?: { readonly config?: { readonly sync_interval?: number; readonly sync_always?: boolean } }
}

async function recordOf(name: string, { monitoring }: ExternalPlan): Promise<ServerRecord> {
  const url = monitoring[name]!
  const varz = await readMonitor<Varz>(url, 'varz', answerMs).catch((error: unknown) => {
    throw new UserError(`server ${name} does not answer at its monitoring URL ${url}: ${fetchReasonOf(error)}`, {
      cause: error,
    })
  })
  if (varz.server_name !== name) {
    throw new UserError(`monitoring.${name} is ${url}; the server there is ${varz.server_name ?? 'no nats-server'}`)
  }
  const config = varz.jetstream?.config
  if (!config) throw new UserError(`server ${name} has no JetStream`)
  const { sync_always: always, sync_interval: nanoseconds } = config
  const interval = nanoseconds === undefined ? 'unknown' : `${nanoseconds / 1e9}s`
  return {
    name,
    version: varz.version ?? 'unknown',
    binary: 'unknown',
    sha256: 'unknown',
    syncInterval: always ? 'always' : interval,
    listen: `${varz.host}:${varz.port}`,
    logTail: [],
  }
}

async function proxiesOf(url: string, toxiproxy: Toxiproxy): Promise<Record<string, ToxiproxyProxy>> {
  try {
    return await controlCall('list its proxies', toxiproxy.getAll())
  } catch (error) {
    throw new UserError(`Toxiproxy at ${url} does not answer: ${messageOf(error)}`, { cause: error })
  }
}

async function checkGreeting(url: string, node: string): Promise<void> {
  const greeting = await readGreeting(new URL(url).host, answerMs).catch((error: unknown) => {
    throw new UserError(`server ${node} can't be reached at ${url}: ${messageOf(error)}`, { cause: error })
  })
  if (greeting.server_name !== node) {
    throw new UserError(`${url} should lead to server ${node}, and leads to ${greeting.server_name}`)
  }
}

/** A proxy that listens on every address of its machine is reached where its API is. */
function reachable(listen: string, api: string): string {
  const { hostname, port } = new URL(`tcp://${listen}`)
  const isAny = hostname === '0.0.0.0' || hostname === '[::]' || hostname === ''
  return `${isAny ? new URL(api).hostname : hostname}:${port}`
}

function externalNode(name: string, monitor: string): ServerNode {
  const refuse = (): never => {
    throw new Error(`server ${name} was not started by Squall, so Squall does not stop it`)
  }
  const refuseLater = async () => refuse()
  return {
    name,
    monitor,
    pid: undefined,
    state: 'running',
    kill: refuseLater,
    stop: refuseLater,
    pause: refuse,
    resume: refuse,
    lameDuck: refuseLater,
    start: refuseLater,
  }
}
