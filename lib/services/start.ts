import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import type { FoundBinary } from '../binaries/index.ts'
import { messageOf, UserError } from '../errors.ts'
import { claimPorts, type Link, LinkProxies, type LinkProxiesOptions, type Topology } from '../topology/index.ts'
import { Balancer } from './balancer.ts'
import { Instance } from './instance.ts'
import { instanceNames, type ServicePlan, serviceLinks } from './plan.ts'
import { accepts } from './probe.ts'
import { Service } from './service.ts'
import { StateWatch } from './state-watch.ts'

export interface ServicesContext extends LinkProxiesOptions {
  readonly runDir: string
  readonly topology: Topology
  /** Path of the bundle of each service that has an entry. */
  readonly bundles: ReadonlyMap<string, string>
  readonly haproxy: FoundBinary | undefined
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  readonly onDown: (instance: Instance) => void
  readonly onExit: (instance: Instance) => void
}

/** Running services, the links of their instances included. */
export interface Services {
  readonly all: readonly Service[]
  readonly links: readonly Link[]
  /** By service: where its requests go. */
  readonly urls: Readonly<Record<string, readonly string[]>>
  /** Never rejects; safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts every service behind links of its own, and a balancer in front of it. When it fails half way, what it had started
 * is ended before it throws.
 * @throws UserError
 */
export async function startServices(plans: readonly ServicePlan[], context: ServicesContext): Promise<Services> {
  await claimPorts()
  const { topology, runDir } = context
  const proxies = new LinkProxies(context)
  const started: Service[] = []
  let connection: Promise<NatsConnection> | undefined
  const nats = () => {
    connection ??= connect({
      servers: topology.nodes.map(({ name }) => addressOf(topology, name)),
      name: 'squall checks',
      maxReconnectAttempts: -1,
      ignoreClusterUpdates: true,
    })
    return connection
  }
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()))
    await connection?.then((open) => open.close()).catch(() => {})
    await proxies.remove()
  }
  try {
    const nodes = topology.nodes.map(({ name }) => name)
    const links: Link[] = []
    for (const plan of serviceLinks(plans, nodes)) {
      const link = await proxies.create(plan, addressOf(topology, plan.node))
      await proxies.check(link)
      links.push(link)
    }
    for (const plan of plans) {
      const cwd = join(runDir, 'services', plan.name)
      await mkdir(cwd, { recursive: true })
      const instances = instanceNames(plan).map(
        (name) =>
          new Instance({
            ...context,
            name,
            plan,
            command: commandOf(plan, context.bundles),
            natsUrls: links.filter(({ groups }) => groups.includes(name)).map(({ listen }) => `nats://${listen}`),
            cwd,
            logFile: join(cwd, `${name}.log`),
            nats,
          }),
      )
      const state = plan.state && { state: new StateWatch(plan.state, nats) }
      started.push(new Service({ plan, instances, ...state }))
      // All of them are waited for, also when one fails: none must still be under way when they are ended.
      const results = await Promise.allSettled(instances.map((instance) => instance.start()))
      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
      // One that says what to do says more than another that only waited in vain.
      const failed = reasons.find((reason) => reason instanceof UserError && reason.hint !== undefined) ?? reasons[0]
      if (failed) throw failed
      if (plan.loadBalancer.kind === 'url') await answers(plan.name, plan.loadBalancer.url)
      if (plan.loadBalancer.kind !== 'haproxy') continue
      if (!context.haproxy) throw new UserError(`service ${plan.name} is behind HAProxy, and there is none`)
      const { env, onSpawn } = context
      const options = { binary: context.haproxy, plan, instances, env, cwd: runDir, onSpawn }
      started[started.length - 1] = new Service({ plan, instances, balancer: await Balancer.start(options), ...state })
    }
    return {
      all: started,
      links,
      urls: Object.fromEntries(started.map((service) => [service.name, service.urls])),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function commandOf({ command, name }: ServicePlan, bundles: ReadonlyMap<string, string>): readonly string[] {
  return command ?? [process.execPath, '--enable-source-maps', bundles.get(name)!]
}

/** The server's own address: a link to it leads there. */
function addressOf({ links }: Topology, node: string): string {
  return links.find((link) => link.node === node && !link.route)!.upstream
}

const balancerMs = 2_000

/** Somebody must be at the URL of a balancer that Squall does not run; what is answered there is the script's own affair. */
async function answers(service: string, url: string): Promise<void> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  try {
    await accepts(host, Number(port) || (protocol === 'https:' ? 443 : 80), balancerMs)
  } catch (error) {
    throw new UserError(
      `service ${service} has ${url} as its loadBalancer, and nobody answers there (${messageOf(error)}); it must be running when the run starts`,
    )
  }
}
