import type { Toxiproxy } from 'toxiproxy-node-client'
import { type Link, selectLinks } from '../topology/index.ts'
import type { Effect } from './effect.ts'
import type { LinkFault, PartitionFault } from './fault.ts'
import { type LinkChange, LinkControl } from './link-control.ts'
import type { Cut } from './partition.ts'
import { silenceToxics, toxicsFor } from './toxics.ts'

/** Makes the effects of faults on links. One for each topology: it counts who has closed a link. */
export class LinkEffects {
  readonly #links: readonly Link[]
  readonly #controls: ReadonlyMap<Link, LinkControl>

  constructor(links: readonly Link[], toxiproxy: Toxiproxy) {
    this.#links = links
    this.#controls = new Map(links.map((link) => [link, new LinkControl(link, toxiproxy)]))
  }

  /** Of a fault on the links that it names. */
  ofFault(fault: LinkFault, id: string): Effect[] {
    const targets = selectLinks(this.#links, fault.link)
    if (targets.length === 0) throw new Error(`there is no link ${fault.link}`)
    const change: LinkChange = { id, closes: fault.kind === 'down', toxics: toxicsFor(fault, id) }
    return targets.map((link) => this.#effect(link, change))
  }

  /**
   * Of a partition, on the routes between the nodes that it cuts. What A says goes upstream on the route that A dialled and
   * downstream on the one that B did, and either may be the one in use.
   */
  ofPartition(cuts: readonly Cut[], mode: PartitionFault['mode'], id: string): Effect[] {
    return this.#links.flatMap((link) => {
      if (!link.route) return []
      const { from, to } = link.route
      const silent = [
        ...(cuts.some((cut) => cut.from === from && cut.to === to) ? (['upstream'] as const) : []),
        ...(cuts.some((cut) => cut.from === to && cut.to === from) ? (['downstream'] as const) : []),
      ]
      if (silent.length === 0) return []
      const toxics = mode === 'down' ? [] : silenceToxics(mode, silent, id)
      return [this.#effect(link, { id, closes: mode === 'down', toxics })]
    })
  }

  #effect(link: Link, change: LinkChange): Effect {
    const control = this.#controls.get(link)!
    return {
      target: link.name,
      where: `link ${link.name}`,
      apply: () => control.apply(change),
      heal: () => control.heal(change),
    }
  }
}
