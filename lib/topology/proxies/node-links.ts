import type { RegionConfig } from '../server/nats-config.ts'
import type { NatsServerOptions } from '../server/nats-server.ts'
import type { LinkPlan } from '../shapes/link.ts'
import type { ManagedPlan } from '../shapes/plan.ts'
import type { TopologyShape } from '../shapes/shape.ts'

/** Which other nodes a node dials, and how, asked for at each of its starts: the proxies are made by then. */
export function linksOfNode(
  name: string,
  plan: ManagedPlan,
  shape: TopologyShape,
  listenOf: (link: LinkPlan) => string,
): Pick<NatsServerOptions, 'routes' | 'region'> {
  const dialled = shape.links.filter(({ route }) => route?.from === name)
  const routes = dialled.filter(({ via }) => via === undefined)
  const protect = plan.kind === 'single' || plan.protectRoutes
  const dial = () => routes.map(listenOf)
  if (plan.kind !== 'regions') return routes.length > 0 ? { routes: () => ({ dial: dial(), protect }) } : {}
  const { via } = plan
  const region = shape.regions.find(({ nodes }) => nodes.includes(name))!
  const { mappings } = plan.regions.find(({ name }) => name === region.name)!
  const regional = (): RegionConfig => {
    const across = dialled.filter((link) => link.via !== undefined)
    const common = { name: region.name, protect, mappings }
    if (via === 'leafnodes')
      return { via, ...common, dial: across.map(listenOf), hubMappings: plan.regions[0]!.mappings }
    const remotes = shape.regions
      .filter((other) => other !== region)
      .map(({ name, nodes }) => ({
        name,
        dial: across.filter(({ route }) => nodes.includes(route!.to)).map(listenOf),
      }))
    return { via, ...common, remotes }
  }
  const cluster = region.name
  if (routes.length > 0) return { region: regional, routes: () => ({ dial: dial(), protect, cluster }) }
  if (via === 'leafnodes') return { region: regional }
  // JetStream in a super-cluster wants a route in every region; one to itself is ignored, and counts as itself.
  return { region: regional, routes: (ports) => ({ dial: [`127.0.0.1:${ports.cluster}`], protect, cluster }) }
}
