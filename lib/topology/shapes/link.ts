/** A TCP path of the topology that goes through its own Toxiproxy proxy. */
export interface LinkPlan {
  /** Unique in the topology: `publishers-n1`. */
  readonly name: string
  /** The server that it leads to. */
  readonly node: string
  /** Names that also select it: `publishers`, `clients`, `n1`. */
  readonly groups: readonly string[]
  /**
   * Of a link between nodes: who dials it, and to whom. What A tells B flows upstream on route A → B or downstream on
   * route B → A, whichever of the two the servers kept.
   */
  readonly route?: RoutePair
  /** Of a link between regions: what dials it. A route of a cluster has none. */
  readonly via?: 'gateway' | 'leafnode'
  /** Of a client link: the region of its node, in a topology that has some. */
  readonly region?: string
}

export interface RoutePair {
  readonly from: string
  readonly to: string
}

/** A link of a running topology. Addresses are `host:port`. */
export interface Link extends LinkPlan {
  /** Name of its proxy; the link's own, unless the Toxiproxy is shared with others. */
  readonly proxy: string
  /** Where the proxy listens: what clients are told. */
  readonly listen: string
  /** The real server's address. */
  readonly upstream: string
}

/** The links that a selector names: a link's own name or one of its groups. */
export function selectLinks<L extends LinkPlan>(links: readonly L[], selector: string): L[] {
  return links.filter((link) => link.name === selector || link.groups.includes(selector))
}

/** All that a selector may say, for messages: groups first, then single links. */
export function linkSelectors(links: readonly LinkPlan[]): string[] {
  return [...new Set([...links.flatMap((link) => link.groups), ...links.map((link) => link.name)])]
}
