import { millis, type NatsConnection, type StreamInfo } from 'nats'
import { now } from '../../measure/index.ts'
import type { StreamPlan } from '../assets/assets.ts'
import { CopyQuiet } from './copy-quiet.ts'

/** The streams of one region, and a connection to its servers. */
export interface Place {
  readonly region: string | undefined
  /** Its JetStream domain, by which it is reached from wherever the connection is. */
  readonly domain?: string | undefined
  readonly nats: NatsConnection
  readonly streams: readonly StreamPlan[]
}

/** A copy hears of its origins once a second while their links hold. */
const contactMs = 1_500

/**
 * Waits until every copy has all that its origins hold, at most until `deadline` (monotonic ms). Last sequences are compared:
 * nats-server's own `lag` stays 0 while a link is cut. Where they don't tell, because an origin has lost or evicted some or
 * is copied in part, a copy is waited for until it is quiet.
 */
export async function awaitCopies(places: readonly Place[], deadline: number): Promise<void> {
  const streams = places.flatMap((place) => place.streams)
  const copies = streams.filter((stream) => stream.copies).map((copy) => ({ copy, quiet: new CopyQuiet() }))
  while (copies.length > 0) {
    const infos = await streamInfos(places)
    const waiting = copies.filter(({ copy, quiet }) => {
      const info = infos.get(copy.name)
      const isQuiet = quiet.isQuiet(now(), info?.state.last_seq ?? -1, isInContact(info))
      return !isQuiet && !hasAll(copy, infos)
    })
    if (waiting.length === 0 || now() >= deadline) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** A copy with sources numbers what it gets from all of them in one row. */
function hasAll({ name, copies }: StreamPlan, infos: ReadonlyMap<string, StreamInfo>): boolean {
  const held = infos.get(name)?.state.last_seq
  const { origins } = copies!
  if (held === undefined || origins.some(({ filter }) => filter !== undefined)) return false
  const offered = origins.map(({ stream }) => infos.get(stream)?.state.last_seq ?? Number.POSITIVE_INFINITY)
  return held >= offered.reduce((sum, each) => sum + each, 0)
}

function isInContact(info: StreamInfo | undefined): boolean {
  if (!info) return false
  const sources = info.mirror ? [info.mirror] : (info.sources ?? [])
  return sources.every(({ lag, active }) => lag === 0 && active >= 0 && millis(active) <= contactMs)
}

async function streamInfos(places: readonly Place[]): Promise<Map<string, StreamInfo>> {
  const infos = new Map<string, StreamInfo>()
  for (const { nats, domain, streams } of places) {
    try {
      const manager = await nats.jetstreamManager({
        checkAPI: false,
        timeout: 1_000,
        ...(domain !== undefined && { domain }),
      })
      for (const { name } of streams) infos.set(name, await manager.streams.info(name))
    } catch {
      // Not reachable now; the deadline decides for how long that is worth asking again.
    }
  }
  return infos
}
