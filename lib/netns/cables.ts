/**
 * A pair of interfaces that are joined (veth): one end in the namespace of a region, the other one on this machine, where
 * the proxies are. A region has one to its clients and one for each region that it has links with, so that all that the two
 * say to each other, and nothing else, goes through it.
 */
export interface Cable {
  readonly region: string
  /** The other region; absent where clients and monitoring are. */
  readonly towards?: string
  /** Name of the interface in the namespace. */
  readonly inside: string
  /** Name of the interface on this machine; at most 15 characters. */
  readonly outside: string
  readonly insideAddress: string
  readonly outsideAddress: string
}

/** How the interfaces of a run begin on this machine. */
export function cablePrefix(runId: string): string {
  return `sq${runId}-`
}

export interface CablePlan {
  /** Eight characters. */
  readonly runId: string
  /** Names of the regions, at most ten. */
  readonly regions: readonly string[]
  /** Those that have links with each other. */
  readonly pairs: readonly (readonly [string, string])[]
  /** The first of 64 addresses. */
  readonly block: number
}

/** Every cable of a run: `sq1a2b3c4d-0` is the first region's to its clients, `sq1a2b3c4d-01` the one for the second region. */
export function cablesOf({ runId, regions, pairs, block }: CablePlan): Cable[] {
  const ends = regions.flatMap((region, index) => [
    { region, inside: 'clients', outside: `${cablePrefix(runId)}${index}` },
    ...regions.flatMap((towards, other) =>
      pairs.some((pair) => pair.includes(region) && pair.includes(towards)) && towards !== region
        ? [{ region, towards, inside: `region-${other}`, outside: `${cablePrefix(runId)}${index}${other}` }]
        : [],
    ),
  ])
  return ends.map((end, index) => ({
    ...end,
    outsideAddress: addressText(block + 2 * index),
    insideAddress: addressText(block + 2 * index + 1),
  }))
}

/** Addresses of a block; five regions that are all linked with each other take 50. */
export const blockSize = 64

/** A range of IPv4 addresses, as numbers; the last one included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

/**
 * Set aside for measurements between networks (RFC 2544), so that hardly anybody has them; then the largest private range.
 */
const ranges: readonly AddressRange[] = [rangeOf('198.18.0.0/15')!, rangeOf('10.0.0.0/8')!]
const attempts = 1_000

/** The first address of a block that nobody on this machine has a route to; undefined when there is none. */
export function freeBlock(taken: readonly AddressRange[], random: () => number): number | undefined {
  for (const { first, last } of ranges) {
    const blocks = (last - first + 1) / blockSize
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const block = first + Math.floor(random() * blocks) * blockSize
      if (taken.every((range) => range.last < block || range.first >= block + blockSize)) return block
    }
  }
  return undefined
}

/** `10.0.0.0/8`, or one address; undefined for what is none, such as `default`. */
export function rangeOf(text: string): AddressRange | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text)
  if (!match) return undefined
  const [a, b, c, d, bits = 32] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)))
  const size = 2 ** (32 - bits)
  const address = ((a! * 256 + b!) * 256 + c!) * 256 + d!
  const first = address - (address % size)
  return { first, last: first + size - 1 }
}

function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}
