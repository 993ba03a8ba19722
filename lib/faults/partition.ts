import type { PartitionShape } from './fault.ts'
import { shuffled } from './shuffle.ts'

/**
 * Who hears whom no more: `from` sends, `to` does not get it. Jepsen's grudges (nemesis.clj), turned round to name the
 * direction in which bytes would flow.
 */
export interface Cut {
  readonly from: string
  readonly to: string
}

export interface PartitionInput {
  readonly shape: PartitionShape
  readonly nodes: readonly string[]
  /** The nodes that the fault's target means: who is isolated, or who is not heard. */
  readonly targets: readonly string[]
  /** Of `oneWay` and `apart`: who does not hear them; everyone else when undefined. */
  readonly hearers?: readonly string[] | undefined
  /** Of `oneWay` and `apart`: nodes that go on hearing each other, such as those of a region. */
  readonly groups?: readonly { readonly nodes: readonly string[] }[]
  /** Uniform in [0, 1), from the run's seed. */
  readonly random: () => number
}

/** The cuts that make a partition. */
export function cutsOf({ shape, nodes, targets, hearers, groups = [], random }: PartitionInput): Cut[] {
  const isTogether = ({ from, to }: Cut) =>
    groups.some((group) => group.nodes.includes(from) && group.nodes.includes(to))
  switch (shape) {
    case 'isolate':
      // Each by itself: several that still heard each other would be a half.
      return nodes.flatMap((a, index) =>
        nodes.slice(index + 1).flatMap((b) => (targets.includes(a) || targets.includes(b) ? between([a], [b]) : [])),
      )
    case 'halves': {
      // The target's half is the smaller one, so that quorum stays with the others.
      const [smaller, larger] = halves(nodes, targets, random)
      return between(smaller, larger)
    }
    case 'bridge': {
      // The first of the larger half hears and is heard by all: the halves meet only through it.
      const [smaller, larger] = halves(nodes, targets, random)
      return between(smaller, larger.slice(1))
    }
    case 'majoritiesRing':
      return majoritiesRing(shuffled(nodes, random))
    case 'apart':
      if (groups.length > 0) return unique(between(targets, hearers ?? nodes)).filter((cut) => !isTogether(cut))
      return between(targets, without(hearers ?? nodes, targets))
    case 'oneWay':
      return targets
        .flatMap((from) => without(hearers ?? nodes, [from]).map((to) => ({ from, to })))
        .filter((cut) => !isTogether(cut))
  }
}

/** Every node hears a majority, and no two the same one: a ring in which each hears its nearest neighbours. */
function majoritiesRing(ring: readonly string[]): Cut[] {
  const heard = Math.floor(ring.length / 2) + 1
  return ring.flatMap((to, position) => {
    // A window of `heard` nodes with this one in its middle; for three that is itself and its predecessor.
    const start = position - Math.floor(heard / 2)
    const window = Array.from({ length: heard }, (_, offset) => ring[(start + offset + ring.length) % ring.length]!)
    return without(ring, window).map((from) => ({ from, to }))
  })
}

/** Both directions between two groups. */
function between(one: readonly string[], other: readonly string[]): Cut[] {
  return one.flatMap((a) =>
    other.flatMap((b) => [
      { from: a, to: b },
      { from: b, to: a },
    ]),
  )
}

function unique(cuts: readonly Cut[]): Cut[] {
  return [...new Map(cuts.map((cut) => [`${cut.from} ${cut.to}`, cut])).values()]
}

/** A smaller half with the targets in it as far as they fit, and the larger half. */
function halves(nodes: readonly string[], targets: readonly string[], random: () => number): [string[], string[]] {
  const size = Math.floor(nodes.length / 2)
  const others = shuffled(without(nodes, targets), random)
  const smaller = [...targets, ...others].slice(0, size)
  return [smaller, without(nodes, smaller)]
}

function without(nodes: readonly string[], out: readonly string[]): string[] {
  return nodes.filter((node) => !out.includes(node))
}
