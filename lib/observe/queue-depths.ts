import { electedBy } from '../topology/index.ts'
import { type Round, streamOn } from './sample.ts'

/** A stream that is filled from others. */
export interface Copy {
  readonly stream: string
  readonly region: string | undefined
  readonly origins: readonly string[]
}

/** Messages that are in the streams which a copy is filled from, and not in the copy yet. */
export interface QueueDepth {
  readonly stream: string
  readonly region: string | undefined
  readonly messages: number
}

/**
 * How many messages are queued for each copy: the last sequences of its origins − its own, each by the word of the stream's
 * leader. nats-server's own `lag` is of no use: it stays 0 while a region is cut off. A copy with sources numbers what it gets
 * from all of them in one row.
 *
 * The servers are not asked at one moment. A copy is held against what its origins had when they were asked last *before* it
 * was, in this round or the one before: so many are queued at least, and none for one that keeps up. What has no leader, and
 * what is filled from it, is left out.
 */
export function queueDepthsIn(round: Round, before: Round | undefined, copies: readonly Copy[]): QueueDepth[] {
  return copies.flatMap(({ stream, region, origins }) => {
    const own = ledIn(round, stream)
    if (!own) return []
    const there = origins.map((origin) =>
      [ledIn(round, origin), before && ledIn(before, origin)].find((led) => led !== undefined && led.at <= own.at),
    )
    if (there.some((led) => led === undefined)) return []
    const sum = there.reduce((sum, led) => sum + led!.lastSeq, 0)
    return [{ stream, region, messages: Math.max(0, sum - own.lastSeq) }]
  })
}

/** A stream as its leader had it in a round, and when that was asked. */
function ledIn(round: Round, name: string): { readonly at: number; readonly lastSeq: number } | undefined {
  const members = round.nodes.flatMap((sample) => {
    const view = streamOn(sample, name)
    return view ? [{ node: sample.node, at: sample.at, lastSeq: view.lastSeq, group: view.group }] : []
  })
  const leader = electedBy(members)
  return members.find(({ node }) => node === leader)
}
