import type { Toxiproxy } from 'toxiproxy-node-client'
import { type Link, selectLinks, type ToxicSpec } from '../topology/index.ts'
import type { Effect } from './effect.ts'
import type { IsolateClientsFault, LinkFault, PartitionFault, WideAreaFault } from './fault.ts'
import { type LinkChange, LinkControl } from './link-control.ts'
import type { Cut } from './partition.ts'
import { silenceToxics, slowToxics, toxicsFor } from './toxics.ts'

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

  /** Of a fault on what lies between nodes, on the links that carry what the cuts name. */
  ofCuts(fault: PartitionFault | WideAreaFault, cuts: readonly Cut[], id: string): Effect[] {
    if (fault.kind === 'slow') {
      return this.#between(cuts, (streams) => ({ id, closes: false, toxics: slowToxics(fault, streams, id) }))
    }
    const mode = fault.kind === 'lossyLink' ? 'stall' : fault.mode
    return this.#between(cuts, (streams) => silencing(mode, streams, id))
  }

  /** Of a cut between clients and the nodes of these names. */
  ofClients({ role, mode }: IsolateClientsFault, nodes: readonly string[], id: string): Effect[] {
    const links = selectLinks(this.#links, role).filter(({ node, route }) => !route && nodes.includes(node))
    return links.map((link) => this.#effect(link, silencing(mode, ['upstream', 'downstream'], id)))
  }

  /**
   * What A says goes upstream on the route that A dialled and downstream on the one that B did, and either may be the one in
   * use.
   */
  #between(cuts: readonly Cut[], changeFor: (streams: readonly ToxicSpec['stream'][]) => LinkChange): Effect[] {
    return this.#links.flatMap((link) => {
      if (!link.route) return []
      const { from, to } = link.route
      const streams = [
        ...(cuts.some((cut) => cut.from === from && cut.to === to) ? (['upstream'] as const) : []),
        ...(cuts.some((cut) => cut.from === to && cut.to === from) ? (['downstream'] as const) : []),
      ]
      return streams.length === 0 ? [] : [this.#effect(link, changeFor(streams))]
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

/** Nothing goes through in these directions, or at all. */
function silencing(mode: PartitionFault['mode'], streams: readonly ToxicSpec['stream'][], id: string): LinkChange {
  return { id, closes: mode === 'down', toxics: mode === 'down' ? [] : silenceToxics(mode, streams, id) }
}
