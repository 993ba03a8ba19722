import type { Crossing } from './region-looks.ts'

interface Direction {
  /** Probes that were sent since one was heard, or since both ends were there. */
  sent: number
  everHeard: boolean
  /** Since both ends were there. */
  isHeard: boolean
  first: number | undefined
  last: number | undefined
}

/** So many probes sent in a row and none heard: a second's. */
const missed = 4
/** What crosses for the first time has to be known of first: interest takes a moment to spread. */
const settleMs = 5_000

/**
 * Which probe messages arrived, by direction. It is counted in probes and not in time, because a runner that is held up
 * neither sends nor hears. Times are monotonic milliseconds.
 */
export class Directions {
  readonly #there = new Map<string, number>()
  readonly #directions = new Map<string, Direction>()

  constructor(regions: readonly string[]) {
    for (const from of regions) {
      for (const to of regions) {
        if (from !== to)
          this.#directions.set(keyOf(from, to), { sent: 0, everHeard: false, isHeard: false, ...nothing })
      }
    }
  }

  /** The probe of a region has a server. */
  joined(region: string, at: number): void {
    this.#there.set(region, at)
    for (const [key, direction] of this.#directions) {
      if (concerns(key, region)) Object.assign(direction, { sent: 0, isHeard: false })
    }
  }

  left(region: string): void {
    this.#there.delete(region)
  }

  isThere(region: string): boolean {
    return this.#there.has(region)
  }

  sent(from: string): void {
    for (const [key, direction] of this.#directions) if (key.startsWith(`${from} `)) direction.sent += 1
  }

  heard(from: string, to: string, at: number): void {
    const direction = this.#directions.get(keyOf(from, to))
    if (!direction) return
    direction.sent = 0
    direction.everHeard = true
    direction.isHeard = true
    direction.first ??= at
    direction.last = at
  }

  /** Has something arrived in every direction? */
  get areHeard(): boolean {
    return [...this.#directions.values()].every(({ everHeard }) => everHeard)
  }

  /** Of one direction, since it was asked last. */
  take(from: string, to: string, at: number): Crossing {
    const direction = this.#directions.get(keyOf(from, to))!
    const { sent, everHeard, isHeard, first, last } = direction
    Object.assign(direction, nothing)
    const since = [from, to].map((region) => this.#there.get(region) ?? Number.POSITIVE_INFINITY)
    const isMissed = sent >= missed && (everHeard || at - Math.max(...since) > settleMs)
    const areThere = since.every(Number.isFinite)
    return { crossed: areThere && isMissed ? false : areThere && isHeard ? true : undefined, first, last }
  }
}

const nothing = { first: undefined, last: undefined }

function keyOf(from: string, to: string): string {
  return `${from} ${to}`
}

function concerns(key: string, region: string): boolean {
  return key.split(' ').includes(region)
}
