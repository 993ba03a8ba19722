import { randomInt } from 'node:crypto'
import type { FoundBinary } from '../binaries/index.ts'
import { messageOf, UserError } from '../errors.ts'
import type { FromGenerator, Pacing } from '../load/index.ts'
import { type Kernel, RegionNamespaces } from '../netns/index.ts'
import type { EnvironmentRecord } from '../report/index.ts'
import type { Plan } from '../script/index.ts'
import { type Instance, type Services, startServices } from '../services/index.ts'
import {
  type BorrowedProxies,
  connectTopology,
  describeExit,
  type ProcessExit,
  type ServerRecord,
  startTopology,
  type Topology,
} from '../topology/index.ts'
import { ExternalAssets } from './external-assets.ts'
import { GeneratorHandle } from './generator-handle.ts'
import type { Halts } from './halts.ts'
import { startProxy, type ToxiproxyChoice } from './proxy.ts'

export interface DeploymentOptions {
  readonly id: string
  readonly plan: Plan
  /** `file:` URL of the bundle. */
  readonly bundleUrl: string
  /** Undefined where the cluster is there already. */
  readonly natsServer: FoundBinary | undefined
  /** There when a service of the plan is behind one. */
  readonly haproxy: FoundBinary | undefined
  /** Path of the bundle of each service that has an entry. */
  readonly serviceBundles: ReadonlyMap<string, string>
  readonly toxiproxy: ToxiproxyChoice
  /** There when regions have namespaces of their own. */
  readonly kernel: Kernel | undefined
  readonly pacing: Pacing
  /** Folder for everything the run writes besides its report. */
  readonly runDir: string
  /** Goes into the environment of every child, so that the reaper finds them. */
  readonly childEnv: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  readonly onBorrow: (borrowed: BorrowedProxies) => void
}

export interface DeploymentEvents {
  /** What ends without being told to halts the run. */
  readonly halts: Halts
  readonly onMessage: (message: FromGenerator) => void
  /** Its process ended, whoever ended it. */
  readonly onInstanceDown: (instance: Instance) => void
  /** The same of one that ended by itself. */
  readonly onInstanceExit: (instance: Instance) => void
  /** For the log: what could not be removed. */
  readonly onLeft: (text: string) => void
}

/** Time for the generator to import the bundle, connect and make what the script declares. */
const prepareMs = 30_000
const closeMs = 2_000

/** What a run starts and stops: proxy, namespaces, servers, services and generator, in this order, and in reverse. */
export class Deployment {
  readonly #options: DeploymentOptions
  readonly #events: DeploymentEvents
  #proxy: Awaited<ReturnType<typeof startProxy>> | undefined
  #namespaces: RegionNamespaces | undefined
  #topology: Topology | undefined
  #assets: ExternalAssets | undefined
  #services: Services | undefined
  #generator: GeneratorHandle | undefined
  #stopping = false

  constructor(options: DeploymentOptions, events: DeploymentEvents) {
    this.#options = options
    this.#events = events
  }

  /** Throws when one of its parts can't be had; {@link stop} then ends those that were started. */
  async start(): Promise<void> {
    const { id, plan, bundleUrl, pacing, runDir, childEnv, onSpawn, onBorrow, natsServer, toxiproxy, kernel } =
      this.#options
    const { onMessage, onInstanceDown, onInstanceExit } = this.#events
    this.#proxy = await startProxy(toxiproxy, { seed: plan.options.seed, env: childEnv, onSpawn })
    void this.#proxy.running.died.then((exit) => {
      this.#lose(`the proxy ended by itself (${describeExit(exit)}), so no link can be trusted`)
    })
    const common = {
      runId: id,
      runDir,
      toxiproxy: this.#proxy.client,
      external: toxiproxy.kind === 'external',
      env: childEnv,
      onSpawn,
    }
    if (plan.topology.kind === 'external') {
      this.#topology = await connectTopology(plan.topology, { toxiproxy: this.#proxy.client, onBorrow })
      this.#assets = new ExternalAssets(plan.topology, this.#topology.clientUrls.publishers)
      await this.#assets.create(plan.streams, plan.consumers)
    } else {
      if (kernel && plan.topology.kind === 'regions') {
        this.#namespaces = await RegionNamespaces.create({ runId: id, plan: plan.topology, kernel })
      }
      this.#topology = await startTopology(plan.topology, {
        ...common,
        ground: this.#namespaces,
        natsServer: natsServer!,
        onDied: (server) => this.#serverDied(server),
      })
    }
    this.#services = await startServices(plan.services, {
      ...common,
      topology: this.#topology,
      bundles: this.#options.serviceBundles,
      haproxy: this.#options.haproxy,
      onDown: onInstanceDown,
      onExit: onInstanceExit,
    })
    for (const { name, balancer } of this.#services.all)
      void balancer?.exited.then((exit) => this.#balancerDied(name, exit))
    this.#generator = new GeneratorHandle(
      {
        bundle: bundleUrl,
        plan,
        runId: randomInt(2 ** 32),
        urls: this.#topology.clientUrls,
        regions: this.#topology.regionUrls,
        pacing,
        services: this.#services.urls,
      },
      onMessage,
    )
    void this.#generator.died.then((reason) => this.#lose(reason))
    try {
      await this.#generator.ask({ type: 'prepare' }, 'prepared', prepareMs)
    } catch (error) {
      throw new UserError(`the load could not be prepared: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Ends everything that was started. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#generator?.close(closeMs)
    await this.#services?.stop()
    // Proxies before assets: what was created is removed through them.
    await this.#topology?.stop()
    await this.#namespaces?.remove()
    const left = await this.#assets?.remove()
    if (left) this.#events.onLeft(left)
    await this.#proxy?.running.stop()
  }

  get proxy() {
    return this.#proxy!
  }

  /** What the report says of where the servers stood. */
  get driver(): Pick<EnvironmentRecord, 'driver' | 'firewall'> {
    const { kernel, plan } = this.#options
    if (kernel) return { driver: 'netns', firewall: kernel.firewall.name }
    return { driver: plan.topology.kind === 'external' ? 'external' : 'process' }
  }

  /** Makes cuts between regions that have namespaces of their own. */
  get cuts() {
    return this.#namespaces?.cuts
  }

  get topology(): Topology {
    return this.#topology!
  }

  get services(): Services {
    return this.#services!
  }

  get generator(): GeneratorHandle {
    return this.#generator!
  }

  /** Every one is told of: what kills the second server may not be what killed the first. */
  #serverDied({ name, exit }: ServerRecord): void {
    if (this.#stopping) return
    this.#events.halts.halt({ kind: 'failed', reason: `nats-server ${name} ended by itself (${describeExit(exit)})` })
  }

  /** Every request by HTTP would fail from now on: what else the load shows is not worth its time. */
  #balancerDied(service: string, exit: ProcessExit): void {
    if (this.#stopping) return
    const reason = `HAProxy in front of service ${service} ended by itself (${describeExit(exit)})`
    this.#events.halts.halt({ kind: 'failed', reason })
  }

  /** What ends because it was told to is no loss. */
  #lose(reason: string): void {
    if (!this.#stopping) this.#events.halts.lose(reason)
  }
}
