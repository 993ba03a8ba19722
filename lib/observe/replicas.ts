import { type GroupStatus, inContact } from './group-status.ts'
import { type Round, streamOn } from './sample.ts'

/** Messages that a stream's leader had and a replica had not. */
export interface ReplicaLag {
  readonly stream: string
  readonly node: string
  readonly messages: number
}

/**
 * How far behind each replica of a stream that answered is: leader's last sequence − replica's, never nats-server's `lag`
 * field, which counts Raft entries and stays 0 through a partition.
 *
 * The servers are not asked at one moment. A replica is held against what the leader had when it was asked last *before*
 * the replica was, in this round or the one before it: it lags by at least that much, and one that keeps up by nothing.
 */
export function replicaLags(status: GroupStatus, round: Round, before: Round | undefined): ReplicaLag[] {
  const { group: stream, leader } = status
  if (leader === undefined) return []
  return status.peers.flatMap((node) => {
    const replica = sampleOf(round, node)
    const own = replica && streamOn(replica, stream)
    if (!own || node === leader) return []
    const led = [sampleOf(round, leader), before && sampleOf(before, leader)].find(
      (sample) => sample !== undefined && sample.at <= replica.at && streamOn(sample, stream),
    )
    if (!led) return []
    return [{ stream, node, messages: Math.max(0, streamOn(led, stream)!.lastSeq - own.lastSeq) }]
  })
}

/** Every replica answers, the leader is in contact with it, and it has all that the leader had a moment before. */
export function allCurrent(status: GroupStatus, round: Round, before: Round | undefined): boolean {
  const { leader, peers, group: stream } = status
  const view = leader === undefined ? undefined : streamOn(sampleOf(round, leader)!, stream)
  if (!view) return false
  const others = peers.filter((peer) => peer !== leader)
  const lags = replicaLags(status, round, before)
  return others.every(
    (peer) =>
      view.group.replicas.some((replica) => replica.name === peer && inContact(replica)) &&
      lags.some(({ node, messages }) => node === peer && messages === 0),
  )
}

function sampleOf(round: Round, node: string) {
  return round.nodes.find((sample) => sample.node === node)
}
