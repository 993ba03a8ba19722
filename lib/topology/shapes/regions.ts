import * as v from 'valibot'
import { build } from '../../call-site.ts'
import type { Duration } from '../../measure/index.ts'
import * as s from '../../schema.ts'
import { failoverProblem, failoverRegions, failoverSchema } from './failover.ts'
import { betweenOf, pairsOf } from './region-pairs.ts'
import { type ServerOptions, type ServerPlan, serverEntries, serverPlan } from './server-options.ts'

export interface RegionOptions {
  /** How many nats-servers, 1 to 5; default 3. They are named after the region: `a1`, `a2`, … */
  readonly nodes?: number
  /** Where its publishers connect when none of its own servers answers: a region, or `true` for all others in their order. */
  readonly failover?: string | true
  /**
   * What its servers make of subjects that clients publish to them: `{ 'orders.*': 'eu.orders.$1' }`, as nats-server's
   * `mappings`. No message may fit two of them.
   */
  readonly mappings?: Readonly<Record<string, string>>
}

/** What lies between two regions, whatever faults there are: it stays when they are healed. */
export interface WideAreaOptions {
  /** One way: a round trip takes twice as long. */
  readonly latency?: Duration
  /** Each chunk takes `latency ± jitter`. Order is kept. */
  readonly jitter?: Duration
  /** `'10MB/s'`, or kilobytes (1 000 bytes) a second: for each connection and direction. */
  readonly bandwidth?: number | string
}

export interface RegionsOptions extends ServerOptions {
  /**
   * `'leafnodes'` (default): a JetStream domain for each region, so that all of them go on when they are cut off. The first
   * region is the hub, to which the others connect. `'gateways'`: one super-cluster with one meta group, which an even
   * cut leaves without a leader on both sides.
   */
  readonly via?: 'leafnodes' | 'gateways'
  /** By pair of regions: `{ 'a-b': { latency: '40ms' } }`. */
  readonly links?: Readonly<Record<string, WideAreaOptions>>
  /**
   * `false` lets the servers tell each other their real addresses, so that they go around their proxies and cuts do
   * nothing: a run is then invalid. For tests of that alone.
   */
  readonly protectRoutes?: boolean
}

/** Two to five regions, each a JetStream cluster of its own, joined by leafnodes or by gateways. */
export function regions(regions: Readonly<Record<string, RegionOptions>>, options: RegionsOptions = {}) {
  // It knows too where it was written: what is wrong in it is then told with its own line.
  return build(
    'regions',
    { kind: 'regions', regions: s.isMap(regions) ? build('regions', {}, regions) : regions },
    options,
  )
}

export interface RegionPlan {
  readonly name: string
  readonly nodes: number
  /** Regions to which its publishers go when none of its own servers answers, in this order. */
  readonly failover?: readonly string[]
  /** Subject by the pattern that is mapped to it. */
  readonly mappings?: Readonly<Record<string, string>>
}

/** {@link WideAreaOptions} as plain data. */
export interface WideAreaPlan {
  readonly between: readonly [string, string]
  readonly latencyMs: number
  readonly jitterMs: number
  /** Undefined: no limit. */
  readonly kilobytesPerSecond?: number
}

/** `regions()` as plain data. The first region is the hub of leafnodes. */
export interface RegionsPlan extends ServerPlan {
  readonly kind: 'regions'
  readonly via: 'leafnodes' | 'gateways'
  readonly regions: readonly RegionPlan[]
  readonly wideArea: readonly WideAreaPlan[]
  readonly protectRoutes: boolean
}

/** No digit: `a1` is the first node of region `a`. */
const regionName = /^[a-z](?:[a-z-]{0,14}[a-z])?$/

/** What their patterns and subjects may be, the script's plan says, which knows how subjects are mapped. */
const mappings = v.custom<Readonly<Record<string, string>>>(
  (value) => s.isMap(value) && Object.values(value).every((to) => typeof to === 'string'),
  'must say a subject for each pattern, such as { "orders.*": "eu.orders.$1" }',
)

const region = v.pipe(
  s.object({
    nodes: v.optional(s.whole(1, 5), 3),
    failover: v.optional(failoverSchema),
    mappings: v.optional(mappings),
  }),
  v.transform(({ nodes, failover, mappings }) => ({ nodes, failover, mappings })),
)

/** Faults, series and links name two regions together: of `a`, `a-b`, `b-c` and `c` two pairs would be `a-b-c`. */
function sharedPair(names: readonly string[]): string | undefined {
  const pairs = pairsOf(names).map(betweenOf)
  return pairs.find((pair, index) => pairs.indexOf(pair) !== index)
}

const regionMap = v.pipe(
  v.custom<Record<string, unknown>>(
    s.isMap,
    'must be an object of regions, such as { a: { nodes: 3 }, b: { nodes: 3 } }',
  ),
  v.check(
    (value) => Object.keys(value).length >= 2 && Object.keys(value).length <= 5,
    ({ input }) => `must have 2 to 5 regions, and has ${Object.keys(input).length}`,
  ),
  v.check(
    (value) => Object.keys(value).every((name) => regionName.test(name)),
    ({ input }) => {
      const wrong = Object.keys(input).find((name) => !regionName.test(name))
      return `has a region named ${JSON.stringify(wrong)}; a name must be 1 to 16 of a–z and -, and begin and end with a letter`
    },
  ),
  v.check(
    (value) => sharedPair(Object.keys(value)) === undefined,
    ({ input }) =>
      `has two pairs of regions that would both be called ${sharedPair(Object.keys(input))}; rename one of the four`,
  ),
  v.record(v.string(), region),
)

const delay = v.pipe(s.duration, v.maxValue(60_000, 'must be at most a minute'))

const wideArea = v.pipe(
  s.object({ latency: v.optional(delay, 0), jitter: v.optional(delay, 0), bandwidth: v.optional(s.byteRate) }),
  v.check(({ latency, jitter }) => jitter <= latency, 'has more jitter than latency; it must have at most as much'),
  v.check(({ bandwidth }) => bandwidth !== 0, 'has a bandwidth of 0, which is a cut; it must be more'),
)

export const regionsSchema = v.pipe(
  s.object({
    kind: v.literal('regions'),
    regions: regionMap,
    via: v.optional(s.oneOf(['leafnodes', 'gateways']), 'leafnodes'),
    links: v.optional(v.record(v.string(), wideArea), {}),
    protectRoutes: v.optional(v.boolean('must be true or false'), true),
    ...serverEntries,
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { regions, links, via } = dataset.value
    const names = Object.keys(regions)
    for (const [name, { failover }] of Object.entries(regions)) {
      const problem = failoverProblem(failover, name, names)
      const message = problem && `${problem.is}; ${problem.why}`
      const path: [v.ObjectPathItem, v.ObjectPathItem, v.ObjectPathItem] = [
        { type: 'object', origin: 'value', input: { ...dataset.value }, key: 'regions', value: regions },
        { type: 'object', origin: 'value', input: regions, key: name, value: regions[name] },
        { type: 'object', origin: 'value', input: { ...regions[name] }, key: 'failover', value: failover },
      ]
      if (message) addIssue({ message, path })
    }
    for (const key of Object.keys(links)) {
      const message = wrongPair(key, names, via)
      const path: [v.ObjectPathItem, v.ObjectPathItem] = [
        { type: 'object', origin: 'value', input: { ...dataset.value }, key: 'links', value: links },
        { type: 'object', origin: 'value', input: links, key, value: links[key] },
      ]
      if (message) addIssue({ message, path })
    }
  }),
  v.transform(
    ({ via, regions, links, protectRoutes, ...server }): RegionsPlan => ({
      kind: 'regions',
      via,
      regions: Object.entries(regions).map(([name, { nodes, failover, mappings }]) => ({
        name,
        nodes,
        ...(failover !== undefined && { failover: failoverRegions(failover, name, Object.keys(regions)) }),
        ...(mappings !== undefined && { mappings }),
      })),
      wideArea: Object.entries(links).map(([key, { latency, jitter, bandwidth }]) => ({
        between: pairOf(key, Object.keys(regions))!,
        latencyMs: latency,
        jitterMs: jitter,
        ...(bandwidth !== undefined && { kilobytesPerSecond: bandwidth }),
      })),
      protectRoutes,
      ...serverPlan(server),
    }),
  ),
)

/** `a-b` in either order → the two regions that it names. */
function pairOf(key: string, names: readonly string[]): [string, string] | undefined {
  return names.flatMap((a) => names.map((b): [string, string] => [a, b])).find(([a, b]) => `${a}-${b}` === key)
}

function wrongPair(key: string, names: readonly string[], via: RegionsPlan['via']): string | undefined {
  const pair = pairOf(key, names)
  const pairs = regionPairs(names, via).map((there) => there.join('-'))
  if (!pair) return `names no two regions; there are ${pairs.join(', ')}`
  if (pair[0] === pair[1]) return `is a link of region ${pair[0]} to itself; there are ${pairs.join(', ')}`
  if (pairs.includes(pair.join('-')) || pairs.includes(pair.toReversed().join('-'))) return undefined
  return `are two regions with no link between them: leafnodes meet in the first region, ${names[0]}`
}

/** The pairs of regions that have links between them; of leafnodes, the hub is first. */
export function regionPairs(names: readonly string[], via: RegionsPlan['via']): [string, string][] {
  return names.flatMap((a, index) =>
    via === 'leafnodes' && index > 0 ? [] : names.slice(index + 1).map((b): [string, string] => [a, b]),
  )
}
