import type { TopologyPlan } from '../../topology/index.ts'
import type { PullConsumerPlan, StreamPlan } from './assets.ts'

const elsewhere = ''

interface Placed {
  readonly topology: TopologyPlan
  readonly streams: readonly StreamPlan[]
}

/** How the streams of a region are told where they are, and where their origins. */
export interface Placement {
  /** The cluster of a super-cluster that holds them. */
  readonly cluster?: string
  /** The JetStream domain of a stream, as seen from this region; undefined where it is this one's own. */
  readonly domainOf: (stream: string) => string | undefined
}

/**
 * Joined by leafnodes, each region is a JetStream domain: what is local needs no domain, and what is elsewhere needs
 * that one's. Joined by gateways there is one JetStream, and a stream is placed in a region by its cluster.
 */
export function placementOf({ topology, streams }: Placed, region: string | undefined): Placement {
  if (topology.kind !== 'regions' || region === undefined) return { domainOf: () => undefined }
  if (topology.via === 'gateways') return { cluster: region, domainOf: () => undefined }
  return {
    domainOf: (stream) => {
      const there = streams.find(({ name }) => name === stream)?.region
      return there === region ? undefined : there
    },
  }
}

/** The JetStream domain by which a consumer's clients reach its stream; undefined where they need none. */
export function domainOf(plan: Placed, { stream, region, failover }: PullConsumerPlan) {
  // One that may be anywhere is in no region whose domain is its own.
  return placementOf(plan, failover ? elsewhere : region).domainOf(stream)
}
