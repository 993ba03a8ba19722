import {
  consumer,
  every,
  type Iteration,
  type Phase,
  partition,
  regions,
  roundRobinRegion,
  type StreamInput,
  stream,
} from 'squall'

/**
 * Regions under load, each with a stream of its own, of which the others hold a copy. Every eight minutes one of them is cut off.
 * All must go on taking what is published to them, and what was queued for the others must arrive afterwards, with nobody's help.
 *
 *     squall run scripts/region-partitions.ts                      # 75 minutes
 *     squall run scripts/region-partitions.ts --time-scale 0.02    # 90 seconds, for CI; reconnecting takes what it takes
 *
 * REGION_COUNT (2) regions, a, b and so on; REGION_B_ENABLED=false leaves one out. VIA (leafnodes) is what joins them, or gateways. REGION_NODES
 * (3) servers in each, LATENCY (20ms) between them, RATE (100) messages a second in each. PARTITIONED (all) says which are cut off,
 * one after the other: `b` or `a,c`; PARTITION (3m) for how long, MODE (drop) how: drop, stall or down.
 */
const names = ['a', 'b', 'c', 'd', 'e'].slice(0, wholeFrom('REGION_COUNT', 2, 5) ?? 2)
for (const name of Object.keys(process.env)) {
  const region = /^REGION_(\w+)_ENABLED$/.exec(name)?.[1]?.toLowerCase()
  if (region !== undefined && !names.includes(region)) {
    throw new Error(`${name} is set, and there is no region ${region}: REGION_COUNT makes ${names.join(', ')}`)
  }
}
const enabled = names.filter((name) => oneFrom(`REGION_${name.toUpperCase()}_ENABLED`, ['true', 'false']) !== 'false')
if (enabled.length < 2) {
  throw new Error(
    `${enabled.length} of ${names.length} regions is enabled; there must be two that a partition can part`,
  )
}
const via = oneFrom('VIA', ['leafnodes', 'gateways']) ?? 'leafnodes'
const nodes = wholeFrom('REGION_NODES', 1, 5) ?? 3
const rate = wholeFrom('RATE', 1, 1_000_000) ?? 100
const mode = oneFrom('MODE', ['drop', 'stall', 'down']) ?? 'drop'
const { PARTITION = '3m', LATENCY = '20ms', PARTITIONED = enabled.join() } = process.env
const partitioned = PARTITIONED.split(',')
const absent = partitioned.find((name) => !enabled.includes(name))
if (absent !== undefined) {
  const why = names.includes(absent) ? `REGION_${absent.toUpperCase()}_ENABLED is false` : 'there is no such region'
  throw new Error(`PARTITIONED has region "${absent}", and ${why}; there are ${enabled.join(', ')}`)
}

// Leafnodes meet in the first region, gateways are between any two.
const pairs = enabled.flatMap((one, index) => enabled.slice(index + 1).map((other) => [one, other] as const))
const linked = pairs.filter(([one]) => via === 'gateways' || one === enabled[0])
export const topology = regions(Object.fromEntries(enabled.map((name) => [name, { nodes }])), {
  via,
  links: Object.fromEntries(linked.map((pair) => [pair.join('-'), { latency: LATENCY }])),
})

const replicas = Math.min(nodes, 3)
export const streams = enabled.flatMap((region): StreamInput[] => {
  const origins = enabled.filter((name) => name !== region).map((name) => ({ stream: `ORDERS_${name}`, region: name }))
  const copies = origins.length === 1 ? { mirror: origins[0]! } : { sources: origins }
  return [
    stream(`ORDERS_${region}`, { subjects: [`orders.${region}.>`], region, replicas }),
    stream(`COPY_${region}`, { ...copies, region, replicas }),
  ]
})
export const consumers = enabled.map((region) => consumer(`billing_${region}`, { stream: `COPY_${region}` }))

// An even cut leaves a super-cluster without a meta leader: streams go on, and nothing can be created until it is healed.
const cut = partition(roundRobinRegion(...partitioned), { mode, allowQuorumLoss: via === 'gateways' })
export const phases: Phase[] = [
  { name: 'baseline', duration: '5m', rate },
  {
    name: 'partitions',
    duration: '60m',
    rate,
    faults: [every('8m', cut, { start: '4m', for: PARTITION, name: 'cut' })],
  },
  { name: 'recovery', duration: '10m', rate },
]

/** For each region, a tag and what must hold in it. */
const inEach = <T>(make: (region: string) => readonly [string, T]) => Object.fromEntries(enabled.map(make))
const arriving = rate * (enabled.length - 1)

// What is about time is on a percentile: compressed, one cut of the seven may reach into the next. The last phase forgives nothing.
export const thresholds = {
  // Every region goes on taking messages, cut off or not.
  ...inEach((region) => [`publish_success{region:${region}}`, ['rate == 100%']]),
  // None is lost, neither by its stream nor on its way through a copy to the consumer.
  stream_lost: ['count == 0'],
  path_lost: ['count == 0'],
  lost: ['count == 0'],
  // Regions find each other again by themselves.
  region_reconnect_time: ['max < 1m'],
  // What was queued is delivered, once nats-server asks for it again: after each attempt in vain it waits longer, up to 2 minutes.
  queue_drain_time: ['p50 < 2m'],
  'region_connected{phase:recovery}': ['rate > 90%'],
  ...inEach((region) => [`queue_depth{stream:COPY_${region},phase:recovery}`, [`value < ${arriving}`]]),
  // Afterwards all goes as fast as before.
  ...inEach((region) => [`publish_throughput{region:${region},phase:recovery}`, [`p50 > ${0.95 * rate}`]]),
  ...inEach((region) => [`consume_throughput{region:${region},phase:recovery}`, [`p50 > ${0.95 * arriving}`]]),
}

export async function load({ publish }: Iteration) {
  await Promise.all(enabled.map((region) => publish(`orders.${region}.created`, { size: 256, region })))
}

function wholeFrom(name: string, least: number, most: number): number | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`${name} is "${text}"; it must be a whole number from ${least} to ${most.toLocaleString('en')}`)
}

function oneFrom<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
  const text = process.env[name]
  if (text === undefined || allowed.includes(text as T)) return text as T | undefined
  throw new Error(`${name} is "${text}"; it must be ${allowed.join(' or ')}`)
}
