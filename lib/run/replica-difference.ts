import { setTimeout as sleep } from 'node:timers/promises'
import { compareReplicas } from '../load/index.ts'
import { now } from '../measure/index.ts'
import { type ServerNode, streamPeers } from '../topology/index.ts'

const deadlineMs = 5_000
const pollMs = 200

/**
 * In what the replicas of a stream differ, in words; undefined when they agree. Looked at again for a while, because a
 * follower applies what it has a moment after the leader.
 */
export async function replicaDifference(nodes: readonly ServerNode[], stream: string): Promise<string | undefined> {
  const deadline = now() + deadlineMs
  for (;;) {
    const peers = await streamPeers(nodes, stream)
    const states = peers.map(({ node, firstSeq, lastSeq, messages }) => ({
      node,
      firstSequence: firstSeq,
      lastSequence: lastSeq,
      messages,
      // What is missing in between follows from these three.
      deleted: 0,
    }))
    const differences = compareReplicas(states)
    if (differences.length === 0) return undefined
    if (now() > deadline) {
      return differences
        .map(({ field, values }) => `${field} ${values.map(({ node, value }) => `${value} on ${node}`).join(', ')}`)
        .join('; ')
    }
    await sleep(pollMs)
  }
}
