import test from 'ava'
import * as v from 'valibot'
import {
  allNodes,
  anyOf,
  consumerLeaderOf,
  describeTarget,
  followerOf,
  leaderOf,
  majority,
  metaLeader,
  minority,
  node,
  quorumOf,
  randomNode,
  roundRobin,
  type Target,
  targetCount,
  targetSchema,
} from '../../lib/faults/index.ts'

const targets: readonly [Target, string][] = [
  [node('n1'), 'n1'],
  [leaderOf('ORDERS'), 'leaderOf(ORDERS)'],
  [followerOf('ORDERS'), 'followerOf(ORDERS)'],
  [consumerLeaderOf('ORDERS', 'billing'), 'consumerLeaderOf(ORDERS, billing)'],
  [metaLeader(), 'metaLeader()'],
  [randomNode(), 'randomNode()'],
  [roundRobin(), 'roundRobin()'],
  [anyOf('n1', 'n2'), 'anyOf(n1, n2)'],
  [majority(), 'majority()'],
  [minority(), 'minority()'],
  [allNodes(), 'allNodes()'],
]

test('every target is plain data that its schema takes, and reads as the script wrote it', (t) => {
  for (const [target, text] of targets) {
    t.deepEqual(v.parse(targetSchema, structuredClone(target)), target)
    t.is(describeTarget(target), text)
  }
})

test('what is no target is refused', (t) => {
  const message = (input: unknown) => v.safeParse(targetSchema, input).issues?.[0]?.message
  const none = 'must be a target, such as node("n1") or leaderOf("ORDERS")'
  for (const input of ['n1', undefined, null, {}, { kind: 'leader' }, { kind: 'toString' }]) {
    t.is(message(input), none)
  }
  t.is(message(node(1 as unknown as string)), 'must be the name of a node, such as "n1"')
  t.is(message(leaderOf(undefined as unknown as string)), 'must be the name of a stream')
  t.is(message(consumerLeaderOf('S', 5 as unknown as string)), 'must be the name of a consumer')
  t.regex(message(anyOf()) ?? '', /names of nodes|1 to 100/)
})

test('a target takes so many nodes', (t) => {
  const counts = (target: Target) => [1, 2, 3, 4, 5].map((nodes) => targetCount(target, nodes))
  t.deepEqual(counts(majority()), [1, 2, 2, 3, 3])
  t.deepEqual(counts(minority()), [0, 0, 1, 1, 2])
  t.deepEqual(counts(allNodes()), [1, 2, 3, 4, 5])
  t.deepEqual(counts(leaderOf('S')), [1, 1, 1, 1, 1])
  for (const nodes of [1, 2, 3, 4, 5]) {
    t.is(targetCount(majority(), nodes), quorumOf(nodes))
    t.is(targetCount(minority(), nodes) + quorumOf(nodes), nodes)
  }
})
