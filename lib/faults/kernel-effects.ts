import { plural } from '../plural.ts'
import type { Link, RegionShape } from '../topology/index.ts'
import { dial } from './dial.ts'
import type { Effect } from './effect.ts'
import type { PartitionFault } from './fault.ts'
import type { Cut } from './partition.ts'

/** What makes cuts between regions below the proxies; `from` and `to` of its cuts are names of regions. */
export interface RegionCuts {
  cut(id: string, cuts: readonly Cut[], action: 'drop' | 'reject'): Promise<void>
  heal(id: string): Promise<void>
  /** How many packets a cut has stopped, once it is healed. */
  stopped(id: string): number | undefined
  /** Where a region is reached by what comes from another one. */
  addressOf(region: string, from: string): string | undefined
}

/** A way to see whether a cut is one, besides what the servers say. */
export interface CutProbe {
  /** @throws when something came through. */
  look(): Promise<void>
  /** What was seen of it, for the log, once it is healed. */
  said(): string
}

export interface KernelPartition {
  readonly effects: Effect[]
  /** What is left for the proxies: cuts between nodes of one region, or between some of two. */
  readonly others: readonly Cut[]
  readonly probe?: CutProbe
}

/** Nothing needs to listen there: whoever may come in is refused, and so answered. */
const discardPort = 9

/** Makes the part of a partition that parts whole regions. */
export class KernelEffects {
  readonly #links: readonly Link[]
  readonly #regions: readonly RegionShape[]
  readonly #kernel: RegionCuts

  constructor(links: readonly Link[], regions: readonly RegionShape[], kernel: RegionCuts) {
    this.#links = links.filter(({ via }) => via)
    this.#regions = regions
    this.#kernel = kernel
  }

  /** `stall` is `drop` here: TCP sends again what was dropped, so that a cut that is healed in time loses nothing. */
  ofPartition(cuts: readonly Cut[], mode: PartitionFault['mode'], id: string): KernelPartition {
    const { whole, others } = splitCuts(cuts, this.#regions)
    if (whole.length === 0) return { effects: [], others }
    const action = mode === 'down' ? 'reject' : 'drop'
    const isCut = (link: Link) =>
      whole.some(({ from, to }) => link.groups.includes(`region-${from}`) && link.groups.includes(`region-${to}`))
    const names = whole.map(({ from, to }) => `${from} → ${to}`).join(', ')
    const effect: Effect = {
      target: names,
      targets: this.#links.filter(isCut).map(({ name }) => name),
      where: `the way ${names}`,
      apply: () => this.#kernel.cut(id, whole, action),
      heal: () => this.#kernel.heal(id),
    }
    return { effects: [effect], others, probe: this.#probe(whole, action, id) }
  }

  #probe(cuts: readonly Cut[], action: 'drop' | 'reject', id: string): CutProbe {
    const addresses = [...new Set(cuts.flatMap((cut) => this.#addressesOf(cut, action)))]
    const expected = action === 'drop' ? 'silent' : 'refused'
    let dials = 0
    return {
      look: async () => {
        const answers = await Promise.all(addresses.map(dial))
        dials += addresses.length
        const through = addresses.filter((_, index) => answers[index] !== expected)
        if (through.length > 0) throw new Error(`${through.join(', ')} can be reached across the cut`)
      },
      said: () =>
        `${plural(this.#kernel.stopped(id) ?? 0, 'packet')} stopped, ${dials} of ${dials} dials across it ${expected}`,
    }
  }

  /** Both ends of the way between two regions: what is dialled needs both directions for its answer. */
  #addressesOf({ from, to }: Cut, action: 'drop' | 'reject'): string[] {
    return [
      [from, to],
      [to, from],
    ].flatMap(([region, other]) => {
      const host = this.#kernel.addressOf(region!, other!)
      if (host === undefined) return []
      const listening = this.#links.map(({ upstream }) => upstream).find((upstream) => upstream.startsWith(`${host}:`))
      // Where nobody listens everyone is refused, cut or not.
      return listening ? [listening] : action === 'drop' ? [`${host}:${discardPort}`] : []
    })
  }
}

/** The cuts between whole regions, as such, and the cuts between nodes that are no part of one. */
export function splitCuts(
  cuts: readonly Cut[],
  regions: readonly RegionShape[],
): { readonly whole: Cut[]; readonly others: Cut[] } {
  const keys = new Set(cuts.map(({ from, to }) => `${from} ${to}`))
  const whole = regions.flatMap((from) =>
    regions
      .filter((to) => to !== from)
      .filter((to) => from.nodes.every((one) => to.nodes.every((other) => keys.has(`${one} ${other}`))))
      .map((to) => ({ from: from.name, to: to.name })),
  )
  const regionOf = (node: string) => regions.find(({ nodes }) => nodes.includes(node))?.name
  const others = cuts.filter(
    ({ from, to }) => !whole.some((cut) => cut.from === regionOf(from) && cut.to === regionOf(to)),
  )
  return { whole, others }
}
