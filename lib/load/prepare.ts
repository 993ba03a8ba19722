import { deriveSeed } from '../measure/index.ts'
import { depthOf } from './assets/hops.ts'
import { landingOf } from './assets/landing.ts'
import { placementOf } from './assets/places.ts'
import { provision } from './assets/provision.ts'
import { noteStarts, type Starts } from './audit/audits.ts'
import type { Place } from './audit/copies.ts'
import type { Connections } from './clients/connections.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { LoadPlan } from './plan.ts'
import type { GeneratorConfig } from './protocol.ts'
import { PayloadSource } from './publish/payload.ts'
import { Publisher } from './publish/publisher.ts'
import { Publishers } from './publish/publishers.ts'
import type { Tagger } from './tagger.ts'

export interface PublisherSetup {
  readonly config: GeneratorConfig
  readonly connections: Connections
  readonly ledger: Ledger
  readonly tagger: Tagger
  readonly onAck: () => void
}

/** Connects a publisher in each region, or one alone where there are none. */
export async function openPublishers({
  config,
  connections,
  ledger,
  tagger,
  onAck,
}: PublisherSetup): Promise<Publishers> {
  const { plan, regions, runId } = config
  const names = Object.keys(regions)
  const landing = landingOf(plan.topology)
  const publishers = new Map<string | undefined, Publisher>()
  for (const [number, region] of (names.length > 0 ? names : [undefined]).entries()) {
    const name = region === undefined ? 'publisher' : `publisher ${region}`
    const publisher = new Publisher({
      client: await connections.open(name, 'publishers', region, failoverOf(plan, region)),
      ledger,
      tagger: region === undefined ? tagger : tagger.tagged({ region }),
      payloads: new PayloadSource(deriveSeed(plan.options.seed, 0)),
      streams: plan.streams,
      runId,
      number,
      region,
      landing,
      onAck,
    })
    publishers.set(region, publisher)
  }
  return new Publishers(publishers)
}

function failoverOf({ topology }: LoadPlan, region: string | undefined): readonly string[] | undefined {
  return topology.kind === 'regions' ? topology.regions.find(({ name }) => name === region)?.failover : undefined
}

/** The streams by region, with a connection to its servers. */
export function placesOf({ streams, topology }: LoadPlan, publishers: Publishers): Place[] {
  const isDomains = topology.kind === 'regions' && topology.via === 'leafnodes'
  return [...new Set(streams.map(({ region }) => region))].map((region) => ({
    region,
    domain: isDomains ? region : undefined,
    nats: publishers.of(region).client.nats,
    streams: streams.filter((stream) => stream.region === region),
  }))
}

/** Creates the plan's streams, and of its durable consumers theirs. A copy's origin is there before it. */
export async function provisionAll(plan: LoadPlan, places: readonly Place[]): Promise<void> {
  const depths = new Set(plan.streams.map(({ name }) => depthOf(name, plan.streams)))
  for (const depth of [...depths].sort((a, b) => a - b)) {
    for (const { region, nats, streams } of places) {
      const made = streams.filter(({ name }) => depthOf(name, plan.streams) === depth)
      await provision(nats, made, plan.consumers, placementOf(plan, region))
    }
  }
}

/** Where each stream ends now, wherever it is. */
export async function noteAllStarts(places: readonly Place[]): Promise<Starts> {
  const starts = new Map<string, number>()
  for (const { nats, streams } of places)
    for (const [name, last] of await noteStarts(nats, streams)) starts.set(name, last)
  return starts
}
