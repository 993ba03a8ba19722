import type { RegionLook } from '../../observe/index.ts'
import type { RegionCutRecord, Took } from '../../report/index.ts'
import { took } from './took.ts'

/** Two regions are apart because of a fault when that is seen while it is in force, or in the look after that. */
const lookMs = 1_500

interface Direction {
  heardAt: number | undefined
  /** The first message from the heal on. */
  backAt: number | undefined
  longestGap: number
}

interface Pair {
  readonly directions: readonly [Direction, Direction]
  readonly regions: readonly [string, string]
  apartAt?: number
  unlistedAt?: number
  listedAt?: number
  /** Seen connected again after the heal: what comes then is not the fault's. */
  isBack?: boolean
}

/** How regions were joined through one fault, by the second and by each message. Times are monotonic milliseconds. */
export class RegionCourse {
  readonly #appliedAt: number
  readonly #apartBefore: ReadonlySet<string>
  readonly #pairs = new Map<string, Pair>()
  #healedAt = Number.POSITIVE_INFINITY
  #sign: { readonly at: number; readonly text: string } | undefined

  /** @param before the look before the fault */
  constructor(appliedAt: number, before: readonly RegionLook[]) {
    this.#appliedAt = appliedAt
    this.#apartBefore = new Set(before.filter(({ connected }) => !connected).map(({ between }) => between))
  }

  healed(at: number): void {
    this.#healedAt = at
  }

  /** In order. */
  add(at: number, looks: readonly RegionLook[]): void {
    if (at < this.#appliedAt) return
    for (const look of looks) this.#follow(look, at)
  }

  /** Were any two regions looked at? */
  get areThere(): boolean {
    return this.#pairs.size > 0
  }

  /** The first thing that was seen of two regions that were connected before. */
  get sign(): { readonly at: number; readonly text: string } | undefined {
    return this.#sign
  }

  /** By pair, those that were apart. */
  result(until: number, judgeHeal: boolean): Record<string, RegionCutRecord> {
    return Object.fromEntries(
      [...this.#pairs]
        .filter(([, { apartAt }]) => apartAt !== undefined)
        .map(([between, pair]) => [between, this.#recordOf(pair, until, judgeHeal)]),
    )
  }

  /** Pairs that were never seen apart. */
  get kept(): string[] {
    return [...this.#pairs].filter(([, { apartAt }]) => apartAt === undefined).map(([between]) => between)
  }

  #follow(look: RegionLook, at: number): void {
    const { between, regions, listed, crossings, connected } = look
    let pair = this.#pairs.get(between)
    if (!pair) {
      pair = { regions, directions: [newDirection(), newDirection()] }
      this.#pairs.set(between, pair)
    }
    for (const [index, { first, last }] of crossings.entries()) {
      hear(pair.directions[index]!, first, last, this.#appliedAt, this.#healedAt)
    }
    if (pair.isBack) return
    const isHealed = at >= this.#healedAt
    const isInForce = at <= this.#healedAt + lookMs || pair.apartAt !== undefined
    const areListed = listed.every(Boolean)
    if (isInForce && !connected) {
      pair.apartAt ??= at
      if (!this.#apartBefore.has(between)) this.#sign ??= { at, text: signOf(look) }
    }
    if (isInForce && !areListed) {
      pair.unlistedAt ??= at
      delete pair.listedAt
    }
    if (isHealed && areListed) pair.listedAt ??= at
    // A link that was closed by the heal may be listed for a moment still; what crosses it tells.
    const areHeard = pair.directions.every(({ backAt }) => backAt !== undefined)
    if (isHealed && connected && areHeard && pair.apartAt !== undefined) pair.isBack = true
  }

  #recordOf({ directions, unlistedAt, listedAt }: Pair, until: number, judgeHeal: boolean): RegionCutRecord {
    const silentMs = Math.max(...directions.map((direction) => silence(direction, this.#appliedAt, until)))
    const back = directions.map(({ backAt }) => backAt)
    const crossedAt = back.every((at) => at !== undefined) ? Math.max(...back) : undefined
    const listed: Took = unlistedAt === undefined ? { ms: 0 } : took(this.#healedAt, listedAt, until)
    return {
      silentMs,
      ...(unlistedAt !== undefined && { unlistedAfterMs: unlistedAt - this.#appliedAt }),
      ...(judgeHeal && { crossed: took(this.#healedAt, crossedAt, until), listed }),
    }
  }
}

function newDirection(): Direction {
  return { heardAt: undefined, backAt: undefined, longestGap: 0 }
}

function hear(
  direction: Direction,
  first: number | undefined,
  last: number | undefined,
  appliedAt: number,
  healedAt: number,
): void {
  if (first === undefined || last === undefined) return
  const { heardAt = Math.min(first, appliedAt) } = direction
  direction.longestGap = Math.max(direction.longestGap, first - heardAt)
  direction.heardAt = last
  if (last >= healedAt) direction.backAt ??= first >= healedAt ? first : last
}

/** The longest time without a message, that which had not ended included. */
function silence({ heardAt, longestGap }: Direction, appliedAt: number, until: number): number {
  return Math.max(longestGap, until - (heardAt ?? appliedAt))
}

function signOf({ regions: [one, other], listed, crossings }: RegionLook): string {
  const [there, back] = crossings.map(({ crossed }) => crossed)
  if (there === false) return `no message crossed from ${one} to ${other}`
  if (back === false) return `no message crossed from ${other} to ${one}`
  return listed[0] ? `${other} listed no link to ${one}` : `${one} listed no link to ${other}`
}
