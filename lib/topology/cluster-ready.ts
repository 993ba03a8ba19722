import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { now } from '../measure/index.ts'
import { metaLeaderIn, readJetStream } from './jetstream-state.ts'
import { readMonitor } from './monitor.ts'
import type { ServerNode, Topology } from './topology.ts'

const pollMs = 50
const shownLines = 5

/**
 * Waits until the nodes of a cluster that has just started are one: all routes up, one meta leader that a majority agrees
 * on and that counts all others as current, and each node's own health check passed, which is not of use any later:
 * nats-server 2.9 fails it for minutes after a fault, in clusters that serve.
 * @throws UserError with what is missing and the ends of the logs, at the deadline or when a node ends.
 */
export async function clusterReady(topology: Topology, deadlineMs = 30_000): Promise<void> {
  const deadline = now() + deadlineMs
  for (;;) {
    const missing = await whatIsMissing(topology)
    if (!missing) return
    const ended = topology.nodes.find(({ state }) => state === 'down')
    if (ended) throw notReady(topology, `${ended.name} ended while the cluster was starting`)
    if (now() >= deadline) throw notReady(topology, `it was not ready within ${deadlineMs / 1_000} s: ${missing}`)
    await sleep(pollMs)
  }
}

async function whatIsMissing(topology: Topology): Promise<string | undefined> {
  const { nodes } = topology
  const pairs = (nodes.length * (nodes.length - 1)) / 2
  const routes = await topology.routesUp()
  if (routes.length < pairs) return `${routes.length} of ${pairs} routes are up`
  const views = await readJetStream(nodes)
  const leader = metaLeaderIn(views)
  const meta = views.find(({ node }) => node === leader)?.meta
  if (!meta) return 'no meta leader has a majority'
  const current = meta.replicas.filter((replica) => replica.current && !replica.offline)
  if (current.length < nodes.length - 1) {
    return `meta leader ${leader} counts ${current.length} of ${nodes.length - 1} other nodes as current`
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
