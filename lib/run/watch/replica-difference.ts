import { setTimeout as sleep } from 'node:timers/promises'
import { compareReplicas } from '../../load/index.ts'
import { now } from '../../measure/index.ts'
import { type AskedNode, streamPeers } from '../../topology/index.ts'
import type { Halt } from '../verdict.ts'

const patienceMs = 5_000
const pollMs = 200
/** A server that answers late is no replica that is missing. */
const answerMs = 3_000

/**
 * In what the replicas of a stream differ, as a finding; undefined when all of them agree. Looked at again for a while,
 * because a follower applies what it has a moment after the leader. Replicas that can't all be asked are unknown.
 */
export async function replicaDifference(
  nodes: readonly AskedNode[],
  stream: string,
  replicas: number,
  withinMs = patienceMs,
): Promise<Halt | undefined> {
  const deadline = now() + withinMs
  for (;;) {
    const peers = await streamPeers(nodes, stream, answerMs)
    const differences = compareReplicas(
      peers.map(({ node, firstSeq, lastSeq, messages, deleted, bytes }) => ({
        node,
        firstSequence: firstSeq,
        lastSequence: lastSeq,
        messages,
        deleted,
        bytes,
      })),
    )
    const all = peers.length >= replicas
    if (all && differences.length === 0) return undefined
    if (now() > deadline) {
      const told = differences.map(
        ({ field, values }) => `${words[field]} ${values.map(({ node, value }) => `${value} on ${node}`).join(', ')}`,
      )
      if (told.length > 0) return { kind: 'failed', reason: `replicas of stream ${stream} differ: ${told.join('; ')}` }
      const reason = `only ${peers.length} of ${replicas} replicas of stream ${stream} could be compared`
      return { kind: 'unknown', reason }
    }
    await sleep(pollMs)
  }
}

const words = {
  firstSequence: 'first sequence',
  lastSequence: 'last sequence',
  messages: 'messages',
  deleted: 'deleted',
  bytes: 'bytes',
} as const
