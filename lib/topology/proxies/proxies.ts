import type { Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { UserError } from '../../errors.ts'
import { readGreeting } from '../server/greeting.ts'
import { type Ground, loopback } from '../server/ground.ts'
import { candidatePort } from '../server/ports.ts'
import type { Link, LinkPlan } from '../shapes/link.ts'
import { ControlError, controlCall } from './control-call.ts'
import { addToxic, type ToxicSpec } from './toxic.ts'

export interface LinkProxiesOptions {
  readonly runId: string
  readonly toxiproxy: Toxiproxy
  /** Somebody else's Toxiproxy: its proxies get names of this run's own and are removed at the end. */
  readonly external: boolean
  /** Loopback when left out. */
  readonly ground?: Ground | undefined
}

/** How the proxies of a run begin in a Toxiproxy that it shares with others. */
export function proxyPrefix(runId: string): string {
  return `squall-${runId}-`
}

const portAttempts = 5

/** The proxies of a topology, one for each link. */
export class LinkProxies {
  readonly #options: LinkProxiesOptions
  readonly #proxies = new Map<string, ToxiproxyProxy>()

  constructor(options: LinkProxiesOptions) {
    this.#options = options
  }

  /** Where the proxy of a link listens, as `host:port`; it must have been made. */
  listenOf(link: LinkPlan): string {
    return this.#proxies.get(link.name)!.listen
  }

  /**
   * Makes the link's proxy. Nobody needs to listen at `upstream` yet.
   * @throws UserError when Toxiproxy does not answer or has one of that name.
   */
  async create(link: LinkPlan, upstream: string): Promise<Link> {
    const { toxiproxy, external, runId, ground = loopback } = this.#options
    const name = external ? proxyPrefix(runId) + link.name : link.name
    for (let attempt = 1; ; attempt += 1) {
      const listen = `${ground.proxyOf(link)}:${candidatePort()}`
      try {
        const proxy = await controlCall(`create proxy ${name}`, toxiproxy.createProxy({ name, listen, upstream }))
        this.#proxies.set(link.name, proxy)
        return { ...link, proxy: name, listen: proxy.listen, upstream }
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

  /** Makes the link what it is without any fault. Rejects when Toxiproxy does not have it so. */
  async shape(link: LinkPlan, toxics: readonly ToxicSpec[]): Promise<void> {
    for (const toxic of toxics) await addToxic(this.#proxies.get(link.name)!, toxic)
  }

  /** Leads the link to where its server turned out to listen. */
  async point(link: Link, upstream: string): Promise<Link> {
    if (link.upstream === upstream) return link
    const { listen, proxy: name } = link
    const proxy = this.#proxies.get(link.name)!
    await controlCall(`point proxy ${name} to ${upstream}`, proxy.update({ enabled: true, listen, upstream }))
    return { ...link, upstream }
  }

  /** @throws UserError when the link does not lead to its server. */
  async check(link: Link): Promise<void> {
    const { node } = link
    const { toxiproxy, external } = this.#options
    let found: string
    try {
      found = (await readGreeting(link.listen)).server_name
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

  /** Takes them out of a Toxiproxy that is shared; one that is ours ends with the run. Never rejects; safe to call twice. */
  async remove(): Promise<void> {
    if (!this.#options.external) return
    const proxies = [...this.#proxies.values()]
    this.#proxies.clear()
    await Promise.allSettled(proxies.map((proxy) => controlCall(`remove proxy ${proxy.name}`, proxy.remove())))
  }
}
