import { proxyExists, proxyNotFound } from './errors.ts'
import { type ProxySettings, TcpProxy } from './proxy.ts'

export interface NamedProxySettings extends ProxySettings {
  readonly name: string
}

/** All proxies by name. What changes one proxy waits for what is already changing it, and for no other proxy. */
export class ProxyCollection {
  readonly #seed: number
  readonly #proxies = new Map<string, TcpProxy>()
  readonly #busy = new Map<string, Promise<unknown>>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Sorted by name, as Go writes a map. */
  all(): TcpProxy[] {
    return [...this.#proxies.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get(name: string): TcpProxy {
    const proxy = this.#proxies.get(name)
    if (!proxy) throw proxyNotFound()
    return proxy
  }

  create(settings: NamedProxySettings): Promise<TcpProxy> {
    return this.#exclusive(settings.name, () => {
      if (this.#proxies.has(settings.name)) throw proxyExists()
      return this.#add(settings)
    })
  }

  /** A proxy that has these addresses already stays as it is, toxics and all; even when it is disabled. */
  createOrReplace(settings: NamedProxySettings): Promise<TcpProxy> {
    return this.#exclusive(settings.name, async () => {
      const existing = this.#proxies.get(settings.name)
      if (existing && !(await existing.differs(settings))) return existing
      await existing?.stop()
      return this.#add(settings)
    })
  }

  /** Unset settings keep their value. */
  update(name: string, changes: Partial<ProxySettings>): Promise<TcpProxy> {
    return this.#exclusive(name, async () => {
      const proxy = this.get(name)
      await proxy.update({ ...proxy.settings, ...changes })
      return proxy
    })
  }

  remove(name: string): Promise<void> {
    return this.#exclusive(name, async () => {
      const proxy = this.get(name)
      this.#proxies.delete(name)
      await proxy.stop()
    })
  }

  /** Enables every proxy and removes all toxics. */
  async reset(): Promise<void> {
    for (const { name } of this.all()) {
      await this.#exclusive(name, async () => {
        const proxy = this.#proxies.get(name)
        await proxy?.start()
        proxy?.removeAllToxics()
      })
    }
  }

  /** Stops them all. */
  async close(): Promise<void> {
    await Promise.all(this.all().map(({ name }) => this.remove(name)))
  }

  async #add({ name, listen, upstream, enabled }: NamedProxySettings): Promise<TcpProxy> {
    const proxy = new TcpProxy(name, { listen, upstream }, this.#seed)
    if (enabled) await proxy.start()
    this.#proxies.set(name, proxy)
    return proxy
  }

  async #exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#busy.get(name) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => {})
    this.#busy.set(name, settled)
    try {
      return await turn
    } finally {
      if (this.#busy.get(name) === settled) this.#busy.delete(name)
    }
  }
}
