import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import {
  consumerLeaderIn,
  metaLeaderIn,
  type RegionShape,
  readJetStream,
  type ServerNode,
  streamPeersIn,
} from '../topology/index.ts'
import { shuffled } from './shuffle.ts'
import { describeTarget, type Target, targetCount } from './target.ts'

export interface ResolveContext {
  readonly nodes: readonly ServerNode[]
  readonly regions: readonly RegionShape[]
  /** Uniform in [0, 1), from the run's seed. */
  readonly random: () => number
  /** How often that target, which takes turns, has been asked for before; counted up by each use. */
  readonly turn: (target: string) => number
}

/** A look may fall into an election, or on servers too busy to answer it in time. */
const patienceMs = 5_000
const pollMs = 100

/**
 * The nodes that a target means now. One that is down is only taken where it is named, or all are.
 * Rejects when there is none for 5 s: a stream without a leader, a cluster that is down.
 */
export async function resolveTarget(target: Target, context: ResolveContext): Promise<ServerNode[]> {
  const deadline = now() + patienceMs
  for (;;) {
    const resolved = await nodesOf(target, context)
    if (resolved.length > 0) return resolved
    if (now() >= deadline) throw new Error(`there is no ${describeTarget(target)} now`)
    await sleep(pollMs)
  }
}

async function nodesOf(target: Target, { nodes, regions, random, turn }: ResolveContext): Promise<ServerNode[]> {
  const up = nodes.filter(({ state }) => state === 'running')
  const pick = (from: readonly ServerNode[]) => from[Math.floor(random() * from.length)]
  const named = (name: string | undefined) => nodes.find((candidate) => candidate.name === name)
  const nodesIn = (region: string | undefined) => (regions.find(({ name }) => name === region)?.nodes ?? []).map(named)
  const namesOr = (names: readonly string[]) => (names.length > 0 ? names : regions.map(({ name }) => name))
  const found = await (async (): Promise<(ServerNode | undefined)[]> => {
    switch (target.kind) {
      // Whoever asks deals with instances before.
      case 'instance':
        return []
      case 'node':
        return [named(target.name)]
      case 'region':
        return nodesIn(target.name)
      case 'randomRegion': {
        const names = namesOr(target.names)
        return nodesIn(names[Math.floor(random() * names.length)])
      }
      case 'roundRobinRegion': {
        const names = namesOr(target.names)
        return nodesIn(names[turn(describeTarget(target)) % names.length])
      }
      case 'allRegions':
        return regions.flatMap(({ name }) => nodesIn(name))
      case 'anyOf':
        return [pick(up.filter(({ name }) => target.names.includes(name)))]
      case 'randomNode':
        return [pick(up)]
      case 'roundRobin':
        return up.length > 0 ? [nextUp(nodes, () => turn(describeTarget(target)))] : []
      case 'allNodes':
        return [...nodes]
      case 'majority':
      case 'minority':
        return shuffled(up, random).slice(0, targetCount(target, nodes.length))
      case 'metaLeader':
        return [named(metaLeaderIn(await readJetStream(nodes)))]
      case 'consumerLeaderOf':
        return [named(consumerLeaderIn(await readJetStream(nodes), target.stream, target.consumer))]
      case 'leaderOf':
      case 'followerOf': {
        const peers = streamPeersIn(await readJetStream(nodes), target.stream)
        const wanted = peers.filter(({ isLeader }) => isLeader === (target.kind === 'leaderOf'))
        return [pick(nodes.filter(({ name }) => wanted.some((peer) => peer.node === name)))]
      }
    }
  })()
  return found.filter((candidate) => candidate !== undefined)
}

/** One of them is up; those that are not have had their turn. */
function nextUp(nodes: readonly ServerNode[], turn: () => number): ServerNode {
  for (;;) {
    const candidate = nodes[turn() % nodes.length]!
    if (candidate.state === 'running') return candidate
  }
}
