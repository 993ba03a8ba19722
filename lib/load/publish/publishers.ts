import { least, most } from '../../measure/index.ts'
import type { AckTimes } from '../protocol.ts'
import type { Publisher } from './publisher.ts'

/** The publishers of a generator: one in each region, or one alone where there are none. */
export class Publishers {
  readonly all: readonly Publisher[]
  readonly #byRegion: ReadonlyMap<string | undefined, Publisher>

  constructor(byRegion: ReadonlyMap<string | undefined, Publisher>) {
    this.#byRegion = byRegion
    this.all = [...byRegion.values()]
  }

  get first(): Publisher {
    return this.all[0]!
  }

  /**
   * The one in a region; the first one where none is named.
   * @throws TypeError for a region that there is not.
   */
  of(region: string | undefined): Publisher {
    if (region === undefined) return this.first
    const publisher = this.#byRegion.get(region)
    if (publisher) return publisher
    const names = [...this.#byRegion.keys()].filter((name) => name !== undefined)
    const there = names.length > 0 ? `there are ${names.join(', ')}` : 'the topology has none'
    throw new TypeError(`region is ${JSON.stringify(region)}; there is no such region: ${there}`)
  }

  /** When acks came to any of them since it was asked last. */
  takeAcks(): AckTimes {
    return this.all.map((publisher) => publisher.takeAcks()).reduce(together)
  }

  abandon(reason: string): void {
    for (const publisher of this.all) publisher.abandon(reason)
  }

  /** Every message sent so far has reached a server, or can't. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.all.map((publisher) => publisher.flush()))
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ client }) => client.close()))
  }
}

/** A gap is one publisher's: while one waits in vain, another may get its acks. */
function together(one: AckTimes, other: AckTimes): AckTimes {
  const longer = (gap: AckTimes['gap']) => (gap ? gap.to - gap.from : 0)
  return {
    first: least(one.first, other.first),
    last: most(one.last, other.last),
    gap: longer(other.gap) > longer(one.gap) ? other.gap : one.gap,
    missed: least(one.missed, other.missed),
  }
}
