import { type Toxic, type Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { addToxic, ControlError, controlCall, type Link, type ToxicSpec } from '../topology/index.ts'

/** What a fault does to one link. */
export interface LinkChange {
  /** The occurrence's: several may be in force. */
  readonly id: string
  /** Closes its connections and refuses new ones. */
  readonly closes: boolean
  readonly toxics: readonly ToxicSpec[]
}

/** Applies faults to one link and heals them. What it changed it reads back: an answer alone proves nothing. */
export class LinkControl {
  readonly link: Link
  readonly #toxiproxy: Toxiproxy
  readonly #proxy: ToxiproxyProxy
  /** Occurrences of `down` in force: the link comes back when the last one is healed. */
  readonly #downs = new Set<string>()

  constructor(link: Link, toxiproxy: Toxiproxy) {
    this.link = link
    this.#toxiproxy = toxiproxy
    const { proxy: name, listen, upstream } = link
    this.#proxy = new ToxiproxyProxy(toxiproxy, { name, listen, upstream, enabled: true, toxics: [] })
  }

  async apply({ id, closes, toxics }: LinkChange): Promise<void> {
    if (closes) {
      this.#downs.add(id)
      await this.#setEnabled(false)
    }
    for (const toxic of toxics) await addToxic(this.#proxy, toxic)
  }

  /** May be called for a fault that was applied in part, or not at all, and again when it failed. */
  async heal({ id, closes, toxics }: LinkChange): Promise<void> {
    if (closes) {
      this.#downs.delete(id)
      if (this.#downs.size === 0) await this.#setEnabled(true)
    }
    for (const { name } of toxics) await this.#remove(name)
  }

  async #setEnabled(enabled: boolean): Promise<void> {
    const { listen, upstream } = this.link
    const what = enabled ? 'enable the proxy' : 'disable the proxy'
    await controlCall(what, this.#proxy.update({ enabled, listen, upstream }))
    const read = await controlCall(`${what}, read back`, this.#toxiproxy.get(this.#proxy.name))
    if (read.enabled !== enabled) throw new Error(`Toxiproxy says that it is done, but not done: ${what}`)
  }

  async #remove(name: string): Promise<void> {
    const toxic = await this.#find(name)
    if (!toxic) return
    await controlCall(`remove toxic ${name}`, toxic.remove()).catch(unlessGone)
    if (await this.#find(name)) throw new Error(`Toxiproxy says that toxic ${name} is removed, but it is still there`)
  }

  async #find(name: string): Promise<Toxic<unknown> | undefined> {
    return controlCall(`look for toxic ${name}`, this.#proxy.getToxic(name)).catch(unlessGone)
  }
}

/** A toxic that is not there is what healing is after. */
function unlessGone(error: unknown): undefined {
  if (error instanceof ControlError && error.status === 404) return undefined
  throw error
}
