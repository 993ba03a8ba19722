import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import { metaLeaderIn, readJetStream } from '../jetstream/jetstream-state.ts'
import { readMonitor } from '../monitor.ts'
import type { RoutePair } from '../shapes/link.ts'
import type { RegionsPlan } from '../shapes/regions.ts'
import type { RegionShape } from '../shapes/shape.ts'
import type { ServerNode, Topology } from '../topology.ts'

const pollMs = 50
const shownLines = 5

/**
 * Waits until the nodes of a cluster that has just started are one: all routes up, one meta leader that a majority agrees
 * on and that counts all others as current, and each node's own health check passed, which is not of use any later:
 * nats-server 2.9 fails it for minutes after a fault, in clusters that serve.
 * @throws UserError with what is missing and the ends of the logs, at the deadline or when a node ends.
 */
export async function clusterReady(topology: Topology, deadlineMs = 30_000): Promise<void> {
  await ready(topology, deadlineMs, () => whatIsMissing(topology))
}

async function ready(topology: Topology, deadlineMs: number, look: () => Promise<string | undefined>): Promise<void> {
  const deadline = now() + deadlineMs
  for (;;) {
    const missing = await look()
    if (!missing) return
    const ended = topology.nodes.find(({ state }) => state === 'down')
    if (ended) throw notReady(topology, `${ended.name} ended while the cluster was starting`)
    if (now() >= deadline) throw notReady(topology, `it was not ready within ${deadlineMs / 1_000} s: ${missing}`)
    await sleep(pollMs)
  }
}

/**
 * The same for regions: each region's routes, the links between them as both ends list them, and a meta leader, of each
 * region where they are joined by leafnodes and of all together where by gateways.
 * @throws UserError as {@link clusterReady}
 */
export async function regionsReady(
  topology: Topology,
  regions: readonly RegionShape[],
  via: RegionsPlan['via'],
): Promise<void> {
  const { nodes } = topology
  const groups = via === 'gateways' ? [nodes.map(({ name }) => name)] : regions.map((region) => region.nodes)
  await ready(topology, 60_000, async () => {
    const up = await topology.routesUp()
    return routesMissing(regions, up) ?? regionLinksMissing(topology, regions, up) ?? (await metaMissing(nodes, groups))
  })
}

/** Every node has one link to each region that it dials. */
function regionLinksMissing(
  { links }: Topology,
  regions: readonly RegionShape[],
  up: readonly RoutePair[],
): string | undefined {
  const regionOf = (node: string) => regions.find(({ nodes }) => nodes.includes(node))!.name
  const pairOf = ({ from, to }: RoutePair) => `${from} to ${regionOf(to)}`
  const there = new Set(up.map(pairOf))
  const wanted = new Set(links.flatMap(({ route, via }) => (route && via ? [pairOf(route)] : [])))
  const missing = [...wanted].filter((pair) => !there.has(pair))
  return missing.length === 0 ? undefined : `there is no link from ${missing.join(', ')}`
}

function routesMissing(
  groups: readonly { readonly nodes: readonly string[] }[],
  up: readonly RoutePair[],
): string | undefined {
  for (const { nodes } of groups) {
    const pairs = (nodes.length * (nodes.length - 1)) / 2
    const routes = up.filter(({ from, to }) => nodes.includes(from) && nodes.includes(to)).length
    if (routes < pairs) return `${routes} of ${pairs} routes are up`
  }
  return undefined
}

async function whatIsMissing(topology: Topology): Promise<string | undefined> {
  const names = topology.nodes.map(({ name }) => name)
  return routesMissing([{ nodes: names }], await topology.routesUp()) ?? (await metaMissing(topology.nodes, [names]))
}

/** Of each group of nodes that should have a meta leader of its own. */
async function metaMissing(
  nodes: readonly ServerNode[],
  groups: readonly (readonly string[])[],
): Promise<string | undefined> {
  for (const names of groups) {
    const views = await readJetStream(nodes.filter(({ name }) => names.includes(name)))
    const leader = metaLeaderIn(views)
    const meta = views.find(({ node }) => node === leader)?.meta
    if (!meta) return `no meta leader has a majority of ${names.join(', ')}`
    const current = meta.replicas.filter((replica) => replica.current && !replica.offline)
    if (current.length < names.length - 1) {
      return `meta leader ${leader} counts ${current.length} of ${names.length - 1} other nodes as current`
    }
  }
  const healthy = await Promise.all(nodes.map(isHealthy))
  const ill = nodes.filter((_, index) => !healthy[index]).map(({ name }) => name)
  return ill.length > 0 ? `the health check fails on ${ill.join(', ')}` : undefined
}

async function isHealthy({ monitor }: ServerNode): Promise<boolean> {
  const answer = await readMonitor<{ status?: string }>(monitor, 'healthz', 1_000).catch(() => undefined)
  return answer?.status === 'ok'
}

function notReady(topology: Topology, reason: string): UserError {
  const tails = topology.servers().flatMap(({ name, logTail }) => [`${name}:`, ...logTail.slice(-shownLines)])
  return new UserError(
    `The cluster of ${topology.nodes.length} nats-servers did not start: ${reason}. They said last:`,
    {
      frame: tails.join('\n'),
    },
  )
}
