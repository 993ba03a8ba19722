import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { connect, type NatsConnection } from 'nats'
import * as v from 'valibot'
import {
  at,
  createInjector,
  OccurrenceNames,
  occurrencesOf,
  type oneWay,
  type partition,
  timingSchema,
} from '../../lib/faults/index.ts'
import { type RegionsPlan, shapeOf, type TopologyContext } from '../../lib/topology/index.ts'
import { writeScript } from '../binaries/support.ts'
import {
  natsServerBinary,
  type Rig,
  routesTold,
  startEngine,
  startRig,
  temporaryFolder,
  until,
} from '../topology/support.ts'
import { namespacesFor } from './support.ts'

/** Regions, on loopback or in namespaces, and what cuts them off. */
export async function start(
  t: ExecutionContext,
  plan: RegionsPlan,
  driver: 'process' | 'netns',
  changes: Partial<TopologyContext> = {},
) {
  const made = driver === 'netns' ? await namespacesFor(t, plan) : undefined
  const rig = await startRig(t, await startEngine(t), { ground: made?.namespaces, ...changes }, plan)
  const { topology, toxiproxy } = rig
  const injector = createInjector({
    links: topology.links,
    toxiproxy,
    nodes: topology.nodes,
    regions: shapeOf(plan).regions,
    kernel: made?.namespaces.cuts,
    random: () => 0,
  })
  return { ...rig, runId: made?.runId ?? '', namespaces: made?.namespaces, injector }
}

/** Servers that ping each other too seldom to notice a cut, however long a busy machine makes it. */
export async function unnoticing(t: ExecutionContext): Promise<Pick<TopologyContext, 'natsServer'>> {
  const natsServer = await natsServerBinary()
  const script = `sed -i 's/^ping_interval: .*/ping_interval: "10m"/' "$2"; exec '${natsServer.path}' "$@"`
  return {
    natsServer: { ...natsServer, path: await writeScript(join(await temporaryFolder(t), 'nats-server'), script) },
  }
}

const names = new OccurrenceNames([])

export const occurrence = (fault: ReturnType<typeof partition | typeof oneWay>) =>
  occurrencesOf(v.parse(timingSchema, at('1s', fault)), 60_000, 1, names)[0]!

export async function clientIn(t: ExecutionContext, { topology }: Pick<Rig, 'topology'>, region: string) {
  const nats = await connect({ servers: [...topology.regionUrls[region]!.publishers], ignoreClusterUpdates: true })
  t.teardown(() => nats.close())
  return nats
}

/** What a subscriber of one region gets of what is published in another one. */
export async function hearing(from: NatsConnection, to: NatsConnection): Promise<Set<string>> {
  const heard = new Set<string>()
  to.subscribe('told', { callback: (_, message) => void heard.add(message.string()) })
  await to.flush()
  // Interest takes a moment to cross.
  await until(() => {
    from.publish('told', 'first')
    return heard.has('first')
  })
  return heard
}

/** Who has dialled whom, as both list it. */
export async function crossed(rig: Pick<Rig, 'topology'>): Promise<string[]> {
  return (await routesTold(rig)).map(({ from, to }) => `${from}-${to}`)
}
