import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Cut } from '../../faults/index.ts'
import { formatDuration, now } from '../../measure/index.ts'
import { plural } from '../../plural.ts'
import type { Topology } from '../../topology/index.ts'
import { Looks } from './looks.ts'

/** What was seen of a cut while it lasted. */
export interface CutProof {
  /** A sentence for the log; absent when it was none. */
  readonly proof?: string
  readonly error?: string
}

export interface CutWatchParts {
  readonly topology: Pick<Topology, 'bypasses' | 'routesUp'>
  readonly cuts: readonly Cut[]
  /** Routes are closed and must be gone; else what is done to the directions: `silent`, `slow`. */
  readonly effect: 'down' | 'silent' | 'slow'
  /** Of a cut that comes and goes, how often it came. */
  readonly times?: () => number
  /** Called once, as soon as it is known that the cut is none or did not last: a sentence's end, `did not last: …`. */
  readonly onBroken: (how: string) => void
  /** Milliseconds between looks. Each is one small request to each server. */
  readonly everyMs?: number
}

const defaultEveryMs = 3_000
/** Within this time after the cut the servers must have dropped routes that were closed. */
const goneMs = 5_000
/** Until they have, they are asked this often. */
const pollMs = 50
/** A look that one server did not answer is made again for so long: it may be ending at that moment. */
const answerMs = 3_000

/**
 * Proves that a partition is one, from when it is made until it is healed: no route goes around its proxy, and where the
 * routes were closed, the servers themselves list them no more. Bytes that are dropped or held back leave a route listed
 * until its pings are missed, so that there the proof is that no other way is open.
 *
 * The last look begins when the heal does and is not waited for by it. It is as good as one before: a route that goes
 * around stays where it is when the proxies let through again, because servers drop the newer one of two.
 */
export class CutWatch {
  readonly #parts: CutWatchParts
  readonly #since = now()
  readonly #looks: Looks
  #goneAfterMs: number | undefined
  #looked = 0

  constructor(parts: CutWatchParts) {
    this.#parts = parts
    const { everyMs = defaultEveryMs, onBroken } = parts
    this.#looks = new Looks({
      look: (isHealing) => this.#look(isHealing),
      pauseMs: () => (this.isProved ? everyMs : pollMs),
      conclude: () => {
        if (!this.isProved) {
          throw new Error('could not be proved: it was healed before the servers had dropped the routes')
        }
      },
      onBroken,
    })
  }

  /** To be called right before the heal. */
  healing(): void {
    this.#looks.healing()
  }

  /** What came of it, once the last look is over: some seconds after {@link healing} at most. Never rejects. */
  async settled(): Promise<CutProof> {
    const error = await this.#looks.ended()
    return error === undefined ? { proof: this.#proof() } : { error }
  }

  /** Whether it was seen to be one. */
  get isProved(): boolean {
    return this.#goneAfterMs !== undefined || (this.#parts.effect !== 'down' && this.#looked > 0)
  }

  /** @throws when it is seen that the cut is none, or when it can't be seen. */
  async #look(isHealing: () => boolean): Promise<void> {
    // One after the other: a way around that opens between them is told as what it is.
    const left = await this.#routesLeft()
    const bypasses = await told(() => this.#parts.topology.bypasses())
    const none = this.isProved ? 'did not last' : 'could not be applied'
    if (bypasses.length > 0) throw new Error(`${none}: the cut is bypassed: ${bypasses.join('; ')}`)
    this.#looked += 1
    if (this.#parts.effect !== 'down') return
    const afterMs = now() - this.#since
    if (left.length === 0) this.#goneAfterMs ??= afterMs
    // What is listed once the heal has begun may be what it brought back.
    else if (!isHealing() && (this.isProved || afterMs > goneMs)) {
      throw new Error(`${none}: the servers list ${left.join(', ')} ${formatDuration(afterMs)} after the cut`)
    }
  }

  /** Routes between nodes that the cut parts, as `n1–n2`. */
  async #routesLeft(): Promise<string[]> {
    const { topology, cuts, effect } = this.#parts
    if (effect !== 'down') return []
    // Who does not answer may have them all.
    const up = await told(() => topology.routesUp(true))
    return up.filter((route) => cuts.some((cut) => isBetween(route, cut))).map(({ from, to }) => `${from}–${to}`)
  }

  #proof(): string {
    const { cuts, effect, times } = this.#parts
    const looks = `in ${plural(this.#looked, 'look')} until it was healed`
    if (effect === 'down') {
      return `routes gone ${formatDuration(this.#goneAfterMs!)} after the cut, none went around its proxy ${looks}`
    }
    const how = times ? `${effect} ${plural(times(), 'time')}` : effect
    return `${plural(cuts.length, 'direction')} ${how}, no route went around its proxy ${looks}`
  }
}

/** What servers say, asked again for a while when one of them says nothing. */
async function told<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = now() + answerMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (now() > deadline) throw new Error(`could not be proved: ${messageOf(error)}`, { cause: error })
      await sleep(pollMs)
    }
  }
}

function isBetween(route: Cut, cut: Cut): boolean {
  return (route.from === cut.from && route.to === cut.to) || (route.from === cut.to && route.to === cut.from)
}
