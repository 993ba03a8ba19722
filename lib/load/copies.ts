import type { NatsConnection } from 'nats'
import { now } from '../measure/index.ts'
import { originsOf, type StreamPlan } from './assets.ts'

/** The streams of one region, and a connection to its servers. */
export interface Place {
  readonly region: string | undefined
  readonly nats: NatsConnection
  readonly streams: readonly StreamPlan[]
}

/**
 * Waits until every copy has all that its origins hold, at most until `deadline` (monotonic ms); resolves with how many
 * messages each that has not still lacks. Last sequences are compared: nats-server's own `lag` stays 0 while a link is cut.
 */
export async function awaitCopies(places: readonly Place[], deadline: number): Promise<ReadonlyMap<string, number>> {
  const streams = places.flatMap((place) => place.streams)
  const copies = streams.filter((stream) => stream.copies)
  for (;;) {
    const last = copies.length > 0 ? await lastSequences(places) : new Map<string, number>()
    const behind = new Map(
      copies.flatMap((copy): [string, number][] => {
        const queued = queuedFor(copy, streams, last)
        return queued > 0 ? [[copy.name, queued]] : []
      }),
    )
    if (behind.size === 0 || now() >= deadline) return behind
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** ∞ when a stream does not answer. A copy with sources numbers what it gets from all of them in one row. */
function queuedFor(copy: StreamPlan, streams: readonly StreamPlan[], last: ReadonlyMap<string, number>): number {
  const origins = originsOf(copy, streams).map(({ name }) => last.get(name) ?? Number.POSITIVE_INFINITY)
  const held = last.get(copy.name)
  return held === undefined ? Number.POSITIVE_INFINITY : origins.reduce((sum, each) => sum + each, 0) - held
}

async function lastSequences(places: readonly Place[]): Promise<Map<string, number>> {
  const last = new Map<string, number>()
  for (const { nats, streams } of places) {
    try {
      const manager = await nats.jetstreamManager({ checkAPI: false, timeout: 1_000 })
      for (const { name } of streams) last.set(name, (await manager.streams.info(name)).state.last_seq)
    } catch {
      // Not reachable now; the deadline decides for how long that is worth asking again.
    }
  }
  return last
}
