import test from 'ava'
import {
  allNodes,
  allRegions,
  anyOf,
  majority,
  minority,
  node,
  randomNode,
  randomRegion,
  region,
  roundRobin,
  roundRobinRegion,
  type Target,
} from '../../lib/faults/index.ts'
import { resolveTarget } from '../../lib/faults/resolve-target.ts'
import { randomFrom } from '../../lib/measure/index.ts'
import type { ServerNode } from '../../lib/topology/index.ts'

/** Nodes of which some are down; what asks none of them needs no more of them. */
function context(down: readonly string[] = [], seed = 1) {
  const nodes = ['n1', 'n2', 'n3'].map((name) => ({ name, state: down.includes(name) ? 'down' : 'running' }))
  const regions = nodes.map(({ name }) => ({ name: `r${name}`, nodes: [name] }))
  let turns = 0
  return { nodes: nodes as unknown as ServerNode[], regions, random: randomFrom(seed), turn: () => turns++ }
}

const names = async (target: Target, where = context()) => (await resolveTarget(target, where)).map(({ name }) => name)

test('a node is itself, also when it is down', async (t) => {
  t.deepEqual(await names(node('n2'), context(['n2'])), ['n2'])
})

test('all nodes are all, a majority and a minority so many of those that are up', async (t) => {
  t.deepEqual(await names(allNodes(), context(['n1'])), ['n1', 'n2', 'n3'])
  t.is(new Set(await names(majority())).size, 2)
  t.deepEqual((await names(majority(), context(['n1']))).sort(), ['n2', 'n3'])
  t.deepEqual(await names(minority(), context(['n1', 'n3'])), ['n2'])
})

test('round robin takes one after another, and passes over those that are down', async (t) => {
  const whole = context()
  const turns = []
  for (let turn = 0; turn < 4; turn += 1) turns.push(...(await names(roundRobin(), whole)))
  t.deepEqual(turns, ['n1', 'n2', 'n3', 'n1'])
  t.deepEqual(await names(roundRobin(), context(['n1'])), ['n2'])
})

test('what is random follows from the seed, and is never down or unnamed', async (t) => {
  for (const target of [randomNode(), anyOf('n2', 'n3')]) {
    const picks = await Promise.all(Array.from({ length: 20 }, (_, seed) => names(target, context(['n3'], seed))))
    const again = await Promise.all(Array.from({ length: 20 }, (_, seed) => names(target, context(['n3'], seed))))
    t.deepEqual(picks, again)
    t.deepEqual([...new Set(picks.flat())].sort(), target.kind === 'randomNode' ? ['n1', 'n2'] : ['n2'])
  }
})

test('regions are all of their nodes, in turn, by the seed, or all of them, down or not', async (t) => {
  const whole = context(['n2'])
  const turns = []
  for (let turn = 0; turn < 4; turn += 1) turns.push(...(await names(roundRobinRegion(), whole)))
  t.deepEqual(turns, ['n1', 'n2', 'n3', 'n1'])
  t.deepEqual(await names(roundRobinRegion('rn3', 'rn2'), context()), ['n3'])
  t.deepEqual(await names(region('rn2'), whole), ['n2'])
  t.deepEqual(await names(allRegions(), whole), ['n1', 'n2', 'n3'])
  const picks = await Promise.all(
    Array.from({ length: 20 }, (_, seed) => names(randomRegion('rn1', 'rn3'), context([], seed))),
  )
  t.deepEqual([...new Set(picks.flat())].sort(), ['n1', 'n3'])
})

test('a target that nobody is gets no fault, and is waited for first', async (t) => {
  const where = context(['n1', 'n2', 'n3'])
  const error = await t.throwsAsync(resolveTarget(randomNode(), where))
  t.is(error?.message, 'there is no randomNode() now')
  const late = context(['n1', 'n2', 'n3'])
  const waiting = names(randomNode(), late)
  Object.assign(late.nodes[1]!, { state: 'running' })
  t.deepEqual(await waiting, ['n2'])
})
