import { NamedTimeline } from './named-timeline.ts'
import type { RegionLook } from './region-looks.ts'

/** What two regions were to each other in an interval. */
interface PairCell {
  readonly looks: number
  readonly connected: number
  readonly state: string
  readonly roundTripMs: number | undefined
}

/** The regions pair by pair over time. */
export class RegionTimeline {
  readonly #timeline: NamedTimeline<PairCell>

  /** @param origin the time that it counts from, monotonic milliseconds */
  constructor(origin: number) {
    this.#timeline = new NamedTimeline(origin, mergePairs)
  }

  add(at: number, looks: readonly RegionLook[]): void {
    this.#timeline.add(
      at,
      looks.map((look) => [look.between, cellOf(look)]),
    )
  }

  /**
   * By pair, oldest first; null where nothing is known. `connected` is a share of looks, `roundTripMs` the longest of each
   * look's medians, `state` the worst that was seen.
   */
  build() {
    return this.#timeline.build((column) => ({
      connected: column(({ connected, looks }) => connected / looks),
      state: column(({ state }) => state),
      roundTripMs: column(({ roundTripMs }) => roundTripMs),
    }))
  }
}

/** What is said of two regions that messages cross between, both ways. */
const connectedState = 'connected'

/** In words, as both ends see it: `connected`, `only a → b`, `nothing crosses`, `not listed by b`. */
export function regionState({ regions: [one, other], listed, crossings, connected }: RegionLook): string {
  if (connected) return connectedState
  const [there, back] = crossings.map(({ crossed }) => crossed)
  const unlisted = [one, other].filter((_, index) => !listed[index])
  const link = unlisted.length === 0 ? 'listed' : `not listed by ${unlisted.join(', ')}`
  if (there === false && back === false) return `nothing crosses, ${link}`
  if (there === false) return `only ${other} → ${one}, ${link}`
  if (back === false) return `only ${one} → ${other}, ${link}`
  return link
}

function cellOf(look: RegionLook): PairCell {
  const sorted = [...look.roundTrips].sort((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)]
  return {
    looks: 1,
    connected: Number(look.connected),
    state: regionState(look),
    // A microsecond is what is measured; more digits would only make the report longer.
    roundTripMs: median && Number(median.toFixed(3)),
  }
}

function mergePairs(first: PairCell, second: PairCell): PairCell {
  const trips = [first.roundTripMs, second.roundTripMs].filter((ms) => ms !== undefined)
  return {
    looks: first.looks + second.looks,
    connected: first.connected + second.connected,
    state: second.state === connectedState ? first.state : second.state,
    roundTripMs: trips.length > 0 ? Math.max(...trips) : undefined,
  }
}
