import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { messageOf, UserError } from '../errors.ts'
import { type Ground, type LinkPlan, type RegionsPlan, regionPairs, shapeOf } from '../topology/index.ts'
import { type Cable, cablesOf, freeBlock, rangeOf } from './cables.ts'
import { KernelCuts } from './cuts.ts'
import type { Kernel } from './kernel.ts'
import { Namespace } from './namespace.ts'
import { removeCables } from './remove-cables.ts'
import { runTool } from './tool.ts'

export interface RegionNamespacesOptions {
  readonly runId: string
  readonly plan: RegionsPlan
  readonly kernel: Kernel
}

/**
 * A network namespace for the servers of each region, and the cables between them and this machine, where the proxies
 * stand: what a region says to another one leaves its namespace by the cable for that region, goes through the proxy of the
 * link, and enters the other namespace by that one's cable. There is no other way: a namespace has no route but to the
 * other ends of its cables.
 */
export class RegionNamespaces implements Ground {
  readonly listens = '0.0.0.0'
  readonly cuts: KernelCuts
  readonly #options: RegionNamespacesOptions
  readonly #cables: readonly Cable[]
  readonly #namespaces: ReadonlyMap<string, Namespace>
  readonly #regionOf: ReadonlyMap<string, string>

  private constructor(
    options: RegionNamespacesOptions,
    cables: readonly Cable[],
    namespaces: ReadonlyMap<string, Namespace>,
  ) {
    this.#options = options
    this.#cables = cables
    this.#namespaces = namespaces
    this.#regionOf = new Map(
      shapeOf(options.plan).regions.flatMap(({ name, nodes }) => nodes.map((node) => [node, name] as const)),
    )
    this.cuts = new KernelCuts(options.kernel, cables, namespaces)
  }

  /**
   * Makes all of it, and sees that each region reaches this machine. When it fails half way, what it had made is removed
   * before it throws.
   * @throws UserError
   */
  static async create(options: RegionNamespacesOptions): Promise<RegionNamespaces> {
    const { runId, plan, kernel } = options
    const regions = plan.regions.map(({ name }) => name)
    const namespaces = new Map<string, Namespace>()
    try {
      const block = await chooseBlock(kernel)
      const cables = cablesOf({ runId, regions, pairs: regionPairs(regions, plan.via), block })
      for (const region of regions) namespaces.set(region, await Namespace.create(kernel.tools))
      const made = new RegionNamespaces(options, cables, namespaces)
      await made.#lay()
      await made.cuts.begin()
      await made.#check()
      return made
    } catch (error) {
      await undo(options, namespaces)
      if (error instanceof UserError) throw error
      throw new UserError(`--driver netns: the regions' namespaces could not be made: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  commandFor(node: string): readonly string[] {
    return this.#namespaces.get(this.#regionOf.get(node)!)!.command
  }

  addressOf(node: string): string {
    return this.#cable(this.#regionOf.get(node)!).insideAddress
  }

  proxyOf({ route }: LinkPlan): string {
    if (!route) return '127.0.0.1'
    return this.#cable(this.#regionOf.get(route.from)!, this.#regionOf.get(route.to)!).outsideAddress
  }

  upstreamOf({ node, route }: LinkPlan): string {
    const region = this.#regionOf.get(node)!
    return this.#cable(region, route && this.#regionOf.get(route.from)).insideAddress
  }

  /** Removes the cables and lets the namespaces go, which end with their last process. Never rejects; safe to call twice. */
  remove(): Promise<void> {
    return undo(this.#options, this.#namespaces)
  }

  /** What is said within a region goes by the cable on which its clients are: no cut is ever made there. */
  #cable(region: string, towards = region): Cable {
    const other = towards === region ? undefined : towards
    return this.#cables.find((cable) => cable.region === region && cable.towards === other)!
  }

  async #lay(): Promise<void> {
    const { ip } = this.#options.kernel.tools
    for (const [region, namespace] of this.#namespaces) {
      const inside = this.#cables.filter((cable) => cable.region === region)
      const lines = inside.flatMap(({ inside, outside, insideAddress }) => [
        // By process id: this process's namespace is the machine's.
        `link add ${inside} type veth peer name ${outside} netns ${process.pid}`,
        `address add ${insideAddress}/31 dev ${inside}`,
        `link set ${inside} up`,
      ])
      await namespace.run(
        ['/bin/sh', '-c', `${shortOrphans}; exec "$0" -batch -`, ip],
        ['link set lo up', ...lines, ''].join('\n'),
      )
    }
    const lines = this.#cables.flatMap(({ outside, outsideAddress }) => [
      `address add ${outsideAddress}/31 dev ${outside}`,
      `link set ${outside} up`,
    ])
    await runTool([ip, '-batch', '-'], `${lines.join('\n')}\n`)
  }

  /** @throws UserError when a firewall, or anything else, keeps a region from its proxies. */
  async #check(): Promise<void> {
    const servers = await Promise.all(
      this.#cables.map(async ({ region, outsideAddress }) => {
        const server = createServer((socket) => socket.end()).listen(0, outsideAddress)
        await once(server, 'listening')
        return { region, server, host: outsideAddress, port: (server.address() as AddressInfo).port }
      }),
    )
    try {
      await Promise.all(
        [...this.#namespaces].map(async ([region, namespace]) => {
          const there = servers.filter((one) => one.region === region).map(({ host, port }) => ({ host, port }))
          const trouble = await namespace.run([process.execPath, '-e', dialer, JSON.stringify(there)])
          if (trouble === '') return
          throw new UserError(`--driver netns: region ${region} does not reach its proxies: ${trouble.trim()}`, {
            hint: 'Does a firewall of this machine refuse what comes in on interfaces whose names begin with sq?',
          })
        }),
      )
    } finally {
      for (const { server } of servers) server.close()
    }
  }
}

/**
 * A connection that a process has closed is the kernel's until the other side says so, and keeps the namespace. Across a cut
 * nobody does, and by default the kernel asks for 100 s.
 */
const shortOrphans = 'echo 3 > /proc/sys/net/ipv4/tcp_orphan_retries'

/** A program that dials all that it is told of, each for two seconds at most, and says what did not work. */
const dialer = `
const dial = (to) => new Promise((resolve, reject) => {
  const socket = require('node:net').connect({ ...to, timeout: 2000 }, () => resolve(socket.destroy()))
  socket.once('error', reject)
  socket.once('timeout', () => reject(new Error(to.host + ' does not answer')))
})
Promise.all(JSON.parse(process.argv[1]).map(dial)).catch(({ message }) => { console.log(message); process.exit() })
`

async function chooseBlock({ tools: { ip } }: Kernel): Promise<number> {
  const output = await runTool([ip, '-json', '-4', 'route', 'show', 'table', 'all'])
  const routes = JSON.parse(output) as readonly { readonly dst: string }[]
  const taken = routes
    .map(({ dst }) => rangeOf(dst))
    .filter((range) => range !== undefined)
    // What leads half of the world through a tunnel is a default route by another name.
    .filter(({ first, last }) => last - first < 2 ** 24)
  const block = freeBlock(taken, Math.random)
  if (block === undefined) throw new Error('this machine has routes to all of 198.18.0.0/15 and 10.0.0.0/8')
  return block
}

async function undo({ runId, kernel }: RegionNamespacesOptions, namespaces: ReadonlyMap<string, Namespace>) {
  await removeCables(runId, kernel.tools.ip)
  for (const namespace of namespaces.values()) namespace.close()
}
