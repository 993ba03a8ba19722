import type { StreamPlan } from '../../load/index.ts'
import {
  type Copy,
  type MetaPlan,
  type RegionLayout,
  type RegionLook,
  RegionProbe,
  type Round,
  regionLooks,
} from '../../observe/index.ts'
import type { Plan } from '../../script/index.ts'
import { metaGroupOf, type ServerRecord, shapeOf } from '../../topology/index.ts'

/** The regions of a plan's topology; undefined where it has none. */
export function layoutOf({ topology }: Pick<Plan, 'topology'>): RegionLayout | undefined {
  return topology.kind === 'regions' ? { via: topology.via, regions: shapeOf(topology).regions } : undefined
}

/** Joined by leafnodes each region has a meta group of its own, else all nodes make up one. */
export function metasOf(layout: RegionLayout | undefined): readonly MetaPlan[] | undefined {
  if (layout?.via !== 'leafnodes') return undefined
  return layout.regions.map(({ name, nodes }) => ({ group: metaGroupOf(name), nodes }))
}

/** The streams that are filled from others, whole: of one that is copied in part, sequences do not tell what it lacks. */
export function copiesIn(streams: readonly StreamPlan[]): Copy[] {
  return streams.flatMap(({ name, region, copies }) =>
    copies?.origins.every(({ filter }) => filter === undefined)
      ? [{ stream: name, region, origins: copies.origins.map((origin) => origin.stream) }]
      : [],
  )
}

/** Interest in the probes spreads within a round trip or two; who is apart from the beginning is not waited for for long. */
const settleMs = 5_000

/** Watches how regions are joined: what their servers list, and what probe messages do. */
export class RegionWatch {
  readonly #layout: RegionLayout
  readonly #probe: RegionProbe
  #looks: readonly RegionLook[] = []

  /** @param id the run's own */
  private constructor(layout: RegionLayout, servers: readonly ServerRecord[], id: string) {
    this.#layout = layout
    const addressesOf = (nodes: readonly string[]) =>
      servers.filter(({ name }) => nodes.includes(name)).map(({ listen }) => listen)
    this.#probe = new RegionProbe({
      id,
      servers: Object.fromEntries(layout.regions.map(({ name, nodes }) => [name, addressesOf(nodes)])),
    })
  }

  /** Undefined where there are no regions. */
  static of(plan: Pick<Plan, 'topology'>, servers: readonly ServerRecord[], id: string): RegionWatch | undefined {
    const layout = layoutOf(plan)
    return layout && new RegionWatch(layout, servers, id)
  }

  /** Begins, and waits until regions have heard each other: silence says something only after that. Before the load. */
  async start(): Promise<void> {
    this.#probe.start()
    await this.#probe.untilHeard(settleMs)
  }

  look(round: Round): readonly RegionLook[] {
    this.#looks = regionLooks(this.#layout, round, (pair) => this.#probe.take(pair))
    return this.#looks
  }

  /** As far as was seen last. */
  get areConnected(): boolean {
    return this.#looks.every(({ connected }) => connected)
  }

  stop(): Promise<void> {
    return this.#probe.stop()
  }
}
