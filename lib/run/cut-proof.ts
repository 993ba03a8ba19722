import { setTimeout as sleep } from 'node:timers/promises'
import type { Cut, PartitionFault } from '../faults/index.ts'
import { formatDuration, now } from '../measure/index.ts'
import type { Topology } from '../topology/index.ts'

const deadlineMs = 5_000
const pollMs = 50

/**
 * Proves that a partition is one: no route goes around its proxy, and where the routes were closed, the servers themselves
 * list them no more. Bytes that are dropped or held back leave a route listed until its pings are missed, so that there
 * the proof is that no other way is open. Rejects when it is none.
 */
export async function proveCut(
  topology: Topology,
  cuts: readonly Cut[],
  mode: PartitionFault['mode'],
): Promise<string> {
  const bypasses = await topology.bypasses()
  if (bypasses.length > 0) throw new Error(`the cut is bypassed: ${bypasses.join('; ')}`)
  if (mode !== 'down') {
    return `${cuts.length} ${cuts.length === 1 ? 'direction' : 'directions'} silent, no route goes around its proxy`
  }
  const started = now()
  for (;;) {
    const up = await topology.routesUp()
    const left = up.filter((route) => cuts.some(({ from, to }) => isBetween(route, from, to)))
    if (left.length === 0)
      return `routes gone ${formatDuration(now() - started)} after the cut, none goes around its proxy`
    if (now() - started > deadlineMs) {
      throw new Error(
        `the servers still list ${left.map(({ from, to }) => `${from}–${to}`).join(', ')} ${deadlineMs / 1_000} s after the cut`,
      )
    }
    await sleep(pollMs)
  }
}

function isBetween(route: { from: string; to: string }, a: string, b: string): boolean {
  return (route.from === a && route.to === b) || (route.from === b && route.to === a)
}
